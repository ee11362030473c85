import { ApiError } from "../../api";
import { minutesOf } from "../format";
import { words } from "./words";

/** What went wrong while signing in, whose part it is, and what to do. */
export function signInError(error: unknown): string {
  if (!(error instanceof ApiError)) return words.fault;
  switch (error.code) {
    case "wrong_credentials":
    case "invalid":
      return words.wrong;
    case "slow_down":
      return words.slowDown(minutesOf(error.retryAfter ?? 60));
    case "offline":
      return words.offline;
    default:
      return words.fault;
  }
}

/** A set-up link will never work again: used, too old, or never one of ours. */
export function isEnded(error: unknown): boolean {
  return error instanceof ApiError && (error.code === "link_ended" || error.code === "not_found");
}
