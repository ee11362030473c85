import { ApiError } from "../api";
import { minutesOf } from "./format";
import { common } from "./words";

/** What went wrong with a request and what to do, in the person's words. */
export function errorWords(error: unknown): string {
  if (!(error instanceof ApiError)) return common.fault;
  switch (error.code) {
    case "offline":
      return common.offline;
    case "not_allowed":
    case "cross_site":
      return common.notAllowed;
    case "not_now":
    case "too_early":
    case "link_ended":
      return common.notNow;
    case "conflict":
      return common.conflict;
    case "not_found":
      return common.notFound;
    case "invalid":
    case "full":
      return common.invalid;
    case "slow_down":
      return common.slowDown(minutesOf(error.retryAfter ?? 60));
    default:
      return common.fault;
  }
}
