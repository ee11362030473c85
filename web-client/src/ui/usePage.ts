import { useEffect } from "preact/hooks";

let firstPage = true;

/**
 * Names the page in the title and moves the focus to its `h1` when it replaces another page.
 *
 * A title shows in window lists and histories: it says what the page is for and never whom it is about.
 * `ready` is false while the heading is not there yet.
 */
export function usePage(title: string, ready = true): void {
  useEffect(() => {
    document.title = title ? `${title} · Quietroom` : "Quietroom";
  }, [title]);
  useEffect(() => {
    if (!ready) return;
    if (!firstPage) document.querySelector("h1")?.focus();
    firstPage = false;
  }, [ready]);
}
