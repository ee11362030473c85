import { expect, test } from "vitest";
import type { Booked, Day, SessionSummary } from "../protocol";
import { readAgainIn } from "./day";

const MINUTE = 60_000;
const now = Date.parse("2026-11-23T19:00:00Z");

const dayWith = (changes: Partial<SessionSummary>): Day => {
  const session = { state: "scheduled", starts_at: now + 120 * MINUTE, people: [], ...changes };
  return { sessions: [session as unknown as SessionSummary], notes: [], now };
};

test("looks often while somebody may come to a door, seldom otherwise", () => {
  expect(readAgainIn(dayWith({}), now)).toBe(15_000);
  expect(readAgainIn(dayWith({ starts_at: now + 20 * MINUTE }), now)).toBe(3_000);
  expect(readAgainIn(dayWith({ starts_at: now - 90 * MINUTE, state: "live" }), now)).toBe(3_000);
  expect(readAgainIn(dayWith({ starts_at: now - 90 * MINUTE, state: "ended" }), now)).toBe(15_000);
});

test("looks often once a link was opened early, and while nothing is known", () => {
  const people = [{ link: { link: "l", expires_at: 0, redeemed: true } } as Booked];
  expect(readAgainIn(dayWith({ people }), now)).toBe(3_000);
  expect(readAgainIn(null, now)).toBe(3_000);
});
