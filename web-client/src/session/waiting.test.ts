import { expect, test } from "vitest";
import type { Knock, SessionSummary } from "../protocol";
import { dueToSpeak, everyoneWaiting } from "./waiting";

const MINUTE = 60_000;
const knock = (device: string, since: number, connection: Knock["connection"] = "here") =>
  ({ device, since, connection }) as Knock;
const names = (knocks: readonly Knock[]) => knocks.map((one) => one.device);

test("lists who waits and is still there, the longest wait first", () => {
  const sessions = [
    { waiting: [knock("a", 5), knock("lost", 1, "lost")] },
    { waiting: [knock("b", 2)] },
  ] as SessionSummary[];
  expect(names(everyoneWaiting(sessions))).toEqual(["b", "a"]);
});

test("speaks once when somebody comes, then every five minutes", () => {
  const waiting = [knock("a", 0)];
  const first = dueToSpeak(waiting, new Map(), 0);
  expect(names(first.due)).toEqual(["a"]);
  const soon = dueToSpeak(waiting, first.spoken, 4 * MINUTE);
  expect(soon.due).toEqual([]);
  const later = dueToSpeak(waiting, soon.spoken, 5 * MINUTE);
  expect(names(later.due)).toEqual(["a"]);
  expect(dueToSpeak(waiting, later.spoken, 6 * MINUTE).due).toEqual([]);
});

test("speaks of a newcomer without repeating the others", () => {
  const first = dueToSpeak([knock("a", 0)], new Map(), 0);
  expect(names(dueToSpeak([knock("a", 0), knock("b", 3)], first.spoken, MINUTE).due)).toEqual([
    "b",
  ]);
});

test("who has gone and comes back is new again", () => {
  const first = dueToSpeak([knock("a", 0)], new Map(), 0);
  const gone = dueToSpeak([], first.spoken, MINUTE);
  expect(names(dueToSpeak([knock("a", 0)], gone.spoken, 2 * MINUTE).due)).toEqual(["a"]);
});
