// Changes to sessions that are booked.

import { post } from "../api";
import type { Reschedule, SessionId, SessionSummary } from "../protocol";

export function reschedule(session: SessionId, times: Reschedule): Promise<SessionSummary> {
  return post(`/sessions/${session}/reschedule`, times);
}

export function cancel(session: SessionId): Promise<void> {
  return post(`/sessions/${session}/cancel`);
}

export function markNoShow(session: SessionId): Promise<void> {
  return post(`/sessions/${session}/no-show`);
}

/** Lengths offered, in minutes. */
export const LENGTHS = [25, 30, 45, 50, 53, 60, 75, 90, 120] as const;
