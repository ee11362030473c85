/** Initials on one of five quiet hues, the same for the same `seed`. Decorative: the name stands beside it. */
export function Avatar({
  name,
  seed,
  class: extra,
}: {
  name: string;
  seed?: string;
  class?: string;
}) {
  const hue = hueOf(seed ?? name);
  const classes = ["avatar", hue > 1 ? `c${hue}` : "", extra ?? ""].filter(Boolean).join(" ");
  return (
    <span class={classes} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** First letters of the first and last word, in capitals; a number stays as it is. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  if (words.length === 1 && /^\d+$/u.test(words[0] ?? "")) return words[0] ?? "";
  const letters = words
    .map((word) => Array.from(word).find((c) => /\p{L}|\p{N}/u.test(c)) ?? "")
    .filter(Boolean);
  const picked = letters.length > 1 ? [letters[0], letters[letters.length - 1]] : letters;
  return picked.join("").toUpperCase();
}

/** 1 to 5. */
export function hueOf(seed: string): number {
  let sum = 0;
  for (const c of seed) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) % 9973;
  return 1 + (sum % 5);
}
