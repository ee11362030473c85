import { expect, test } from "vitest";
import type { Booked, Knock, NoteSummary, SessionSummary } from "../protocol";
import { dayCounts, nextStepOf, nowLine, standingOf, subjects } from "./summary";

const MINUTE = 60_000;
const start = Date.parse("2026-11-23T19:00:00Z");
const before = start - 120 * MINUTE;

const session = (changes: Partial<SessionSummary> = {}): SessionSummary => ({
  session: "s",
  kind: "individual",
  state: "scheduled",
  template: "dap",
  starts_at: start,
  ends_at: start + 50 * MINUTE,
  people: [],
  waiting: [],
  present: 0,
  notes: [],
  ...changes,
});
const knock = (since: number) => ({ device: `d${since}`, since, connection: "here" }) as Knock;
const due = (empty_sections: number) =>
  ({ note: "n", session: "s", empty_sections }) as NoteSummary;

function look(changes: Partial<SessionSummary>, now: number, notes: NoteSummary[] = []) {
  const one = session(changes);
  const standing = standingOf(one, notes, now);
  return [standing.is, nextStepOf(one, standing, now).do];
}

test("before its time it can be set up, near it started", () => {
  expect(look({}, before)).toEqual(["soon", "set_up"]);
  expect(look({}, start - 15 * MINUTE)).toEqual(["soon", "start"]);
  expect(look({}, start + MINUTE)).toEqual(["late", "start"]);
  expect(look({}, start + 50 * MINUTE)).toEqual(["past", "set_up"]);
});

test("somebody at the door comes first, even early and while it is on", () => {
  expect(look({ waiting: [knock(before)] }, before)).toEqual(["waiting", "let_in"]);
  expect(look({ state: "live", waiting: [knock(start)] }, start)).toEqual(["waiting", "let_in"]);
  expect(look({ state: "live" }, start)).toEqual(["live", "join"]);
  expect(look({ state: "open" }, start)).toEqual(["open", "join"]);
});

test("counts the wait from the one who waits longest", () => {
  const standing = standingOf(
    session({ waiting: [knock(start), knock(start - MINUTE)] }),
    [],
    start,
  );
  expect(standing).toEqual({ is: "waiting", people: 2, since: start - MINUTE });
});

test("after its end its note is the thing to do", () => {
  const ended = { state: "ended" as const, notes: ["n"] };
  expect(look(ended, start, [due(2)])).toEqual(["note_to_finish", "open_note"]);
  expect(look(ended, start)).toEqual(["written", "view_note"]);
  expect(look({ ...ended, notes: ["n", "m"] }, start, [due(1)])).toEqual([
    "note_to_finish",
    "open_notes",
  ]);
  expect(look({ state: "ended" }, start)).toEqual(["ended", "nothing"]);
  expect(look({ state: "no_show" }, start)).toEqual(["no_show", "nothing"]);
  expect(look({ state: "cancelled" }, start)).toEqual(["cancelled", "nothing"]);
});

test("is for its clients, else its caregivers, else whoever is booked", () => {
  const person = (participant: string, role: Booked["role"]) => ({ participant, role }) as Booked;
  const [client, caregiver, observer] = [
    person("a", "client"),
    person("b", "caregiver"),
    person("c", "observer"),
  ];
  const ids = (people: Booked[]) => subjects(people).map((one) => one.participant);
  expect(ids([caregiver, client, observer])).toEqual(["a"]);
  expect(ids([observer, caregiver])).toEqual(["b"]);
  expect(ids([observer])).toEqual(["c"]);
});

test("counts what takes place and what is over", () => {
  const states = ["ended", "no_show", "cancelled", "live", "scheduled"] as const;
  expect(dayCounts(states.map((state) => session({ state })))).toEqual({ all: 4, over: 2 });
});

test("draws the present before what starts in this minute", () => {
  const sessions = [
    session({ starts_at: start - MINUTE }),
    session(),
    session({ starts_at: start + MINUTE }),
  ];
  expect(nowLine(sessions, start + 20_000)).toBe(1);
  expect(nowLine(sessions, start + MINUTE)).toBe(2);
  expect(nowLine(sessions, start + 9 * MINUTE)).toBe(3);
});
