import { signal } from "@preact/signals";
import { initials } from "./kit/Avatar";

/** Somebody may look over the shoulder: names show as initials until it is switched back. */
export const namesHidden = signal(false);

export function shownName(name: string): string {
  if (!namesHidden.value) return name;
  return Array.from(initials(name), (letter) => `${letter}.`).join(" ");
}
