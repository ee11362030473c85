// The clinician's day, kept fresh while the page is in sight.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { ApiError, get } from "../api";
import type { Day } from "../protocol";
import { isOver } from "./summary";
import { dayBounds } from "./zone";

/** The day as last heard; `null` until the first answer. */
export const day = signal<Day | null>(null);

/** The server has not answered lately: what is shown may be old. */
export const stale = signal(false);

/** Now by the server's clock, in milliseconds. */
export function serverNow(): number {
  return Date.now() + skew;
}

const NEAR_MS = 3_000;
const FAR_MS = 15_000;
/** Links open 15 minutes before the start; a little more for clocks that differ. */
const DOOR_MS = 20 * 60_000;
let skew = 0;

/** Reads the day once. */
export async function refreshDay(zone: string): Promise<void> {
  const { from, to } = dayBounds(serverNow(), zone);
  try {
    const answer = await get<Day>(`/day?from=${from}&to=${to}`);
    skew = answer.now - Date.now();
    day.value = answer;
    stale.value = false;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    stale.value = error.code !== "not_signed_in";
  }
}

/**
 * How long until the day is to be read again, milliseconds: soon while somebody may come to a door, seldom
 * otherwise. Every reading is an entry in the audit log.
 */
export function readAgainIn(known: Day | null, now: number): number {
  const sessions = known?.sessions ?? [];
  const doorOpen = sessions.some((session) => {
    const early = session.people.some((person) => person.link?.redeemed);
    return !isOver(session) && (early || session.starts_at - now <= DOOR_MS);
  });
  return known && !doorOpen ? FAR_MS : NEAR_MS;
}

/** Reads the day now and again and again while the page can be seen, until the returned function is called. */
export function watchDay(zone: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let asking = false;

  async function round(): Promise<void> {
    if (stopped || asking || document.hidden) return;
    clearTimeout(timer);
    asking = true;
    await refreshDay(zone);
    asking = false;
    if (!stopped) timer = setTimeout(() => void round(), readAgainIn(day.value, serverNow()));
  }
  const wake = () => void round();

  document.addEventListener("visibilitychange", wake);
  wake();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
  };
}

forgetWith(() => {
  day.value = null;
  stale.value = false;
});
