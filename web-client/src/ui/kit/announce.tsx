import { signal } from "@preact/signals";

const polite = signal("");
const assertive = signal("");

/** Reads `text` out: politely after what is being said, or at once with `urgent`. The same text twice is read twice. */
export function announce(text: string, urgent = false): void {
  const region = urgent ? assertive : polite;
  // A live region speaks on change only; a trailing no-break space makes a repetition a change.
  region.value = region.value === text ? `${text}\u00a0` : text;
}

/** Mounted once, beside the page, so that announcements outlive it. */
export function Announcer() {
  return (
    <>
      <div class="sr" role="status" aria-live="polite">
        {polite}
      </div>
      <div class="sr" role="alert" aria-live="assertive">
        {assertive}
      </div>
    </>
  );
}
