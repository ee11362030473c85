import type { Phrase } from "../../protocol";
import { words } from "./words";

/** All that a waiting guest can say. */
export const PHRASES: readonly Phrase[] = [
  "i_am_here",
  "need_a_minute",
  "cannot_hear",
  "cannot_see",
  "need_interpreter",
  "please_call_me",
];

export function phraseWords(phrase: Phrase): string {
  switch (phrase) {
    case "i_am_here":
      return words.iAmHere;
    case "need_a_minute":
      return words.needAMinute;
    case "cannot_hear":
      return words.cannotHear;
    case "cannot_see":
      return words.cannotSee;
    case "need_interpreter":
      return words.needInterpreter;
    case "please_call_me":
      return words.pleaseCallMe;
  }
}
