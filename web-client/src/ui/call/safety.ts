import type { RefusalReason } from "../../crypto/refusal";
import { safetyWords as words } from "./safety-words";

/** Digits of a safety code in groups of five, as they are shown and read aloud. */
export function groupsOf(code: string): string[] {
  return code.match(/\d{1,5}/gu) ?? [];
}

/** "1 2 3 4 5, 6 7 8 9 0": a screen reader says each digit and rests after each group. */
export function spokenCode(code: string): string {
  return groupsOf(code)
    .map((group) => [...group].join(" "))
    .join(", ");
}

/** Why there are no keys, and what to do. */
export function notPrivateWords(why: RefusalReason): string {
  if (why === "wrong_host") return words.wrongHost;
  return why === "removed" ? words.removed : words.damaged;
}
