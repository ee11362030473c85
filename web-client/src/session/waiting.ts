// When to say aloud that somebody waits: once when they come, then each five minutes.

import type { DeviceId, Knock, SessionSummary } from "../protocol";

const REPEAT_MS = 5 * 60_000;

/** When each waiting device was last spoken of. */
export type Spoken = ReadonlyMap<DeviceId, number>;

/** Everybody who waits in any session and is still there, the longest wait first. */
export function everyoneWaiting(sessions: readonly SessionSummary[]): Knock[] {
  return sessions
    .flatMap((session) => session.waiting)
    .filter((knock) => knock.connection === "here")
    .sort((a, b) => a.since - b.since);
}

/** Of whom to speak now, and what was spoken after it. Who has gone and comes back is new again. */
export function dueToSpeak(
  waiting: readonly Knock[],
  spoken: Spoken,
  now: number,
): { due: Knock[]; spoken: Spoken } {
  const due = waiting.filter((knock) => {
    const last = spoken.get(knock.device);
    return last === undefined || now - last >= REPEAT_MS;
  });
  const next = new Map<DeviceId, number>();
  for (const { device } of waiting) next.set(device, spoken.get(device) ?? now);
  for (const { device } of due) next.set(device, now);
  return { due, spoken: next };
}
