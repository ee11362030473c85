/** A piece of a text: words, or an address of a page. */
export type Part =
  | { readonly is: "words"; readonly text: string }
  | {
      readonly is: "link";
      /** As it was written. */
      readonly text: string;
      readonly href: string;
      /** Where it leads, in ASCII: letters that only look like others show. */
      readonly host: string;
    };

/**
 * Finds the addresses in a plain text. `http` and `https` are links, and what begins with `www.`; other schemes stay
 * words, and so do addresses with a name before an `@`, which only pretend to lead where they begin.
 */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = linkOf(match[0]);
    if (!link) continue;
    if (match.index > done) parts.push({ is: "words", text: text.slice(done, match.index) });
    parts.push(link);
    done = match.index + link.text.length;
  }
  if (done < text.length) parts.push({ is: "words", text: text.slice(done) });
  return parts;
}

// Format characters end an address too: some turn the direction of what follows.
const CANDIDATE = /(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>"\p{Cc}\p{Cf}]+/giu;
const TRAILING = /[.,;:!?'’”»…*_)\]}]$/u;
const BRACKETS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function linkOf(candidate: string): (Part & { is: "link" }) | null {
  const text = withoutTrailing(candidate);
  const hasScheme = /^https?:/iu.test(text);
  const address = hasScheme ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") return null;
  // "www." and nothing behind it.
  if (!hasScheme && url.hostname.split(".").filter(Boolean).length < 3) return null;
  return { is: "link", text, href: url.href, host: url.host };
}

/** The stop at the end of a sentence is not of the address, nor is a bracket that was opened before it. */
function withoutTrailing(candidate: string): string {
  let text = candidate;
  while (TRAILING.test(text)) {
    const last = text.slice(-1);
    const opening = BRACKETS[last];
    if (opening && count(text, opening) >= count(text, last)) break;
    text = text.slice(0, -1);
  }
  return text;
}

function count(text: string, one: string): number {
  return text.split(one).length - 1;
}
