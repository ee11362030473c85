import { expect, test } from "vitest";
import type { NoteStub } from "../../protocol";
import { factRows } from "./facts";

const start = Date.parse("2026-11-23T22:00:00Z");
const at = (minutes: number, seconds = 0) => start + minutes * 60_000 + seconds * 1000;
const stretch = (from: number, to: number, ...facts: number[]) => ({ from, to, facts });

const stub: NoteStub = {
  session: "s",
  participant: "p",
  person: "q",
  name: "Jordan Avery",
  kind: "individual",
  template: "dap",
  scheduled: { from: at(0), to: at(53) },
  time_zone: "America/Los_Angeles",
  actual: { value: { from: at(1, 30), to: at(58, 22) }, facts: [4, 31] },
  clinician: "Maya Okafor",
  clinician_here: [stretch(at(1, 5), at(58, 22), 3, 31)],
  waited: [stretch(at(-3), at(1, 30), 1, 4)],
  here: [stretch(at(1, 30), at(24, 10), 4, 17), stretch(at(26, 51), at(58, 22), 18, 31)],
  together: [stretch(at(1, 30), at(24, 10), 4, 17), stretch(at(26, 51), at(58, 22), 18, 31)],
  together_seconds: 3251,
  interruptions: [{ ...stretch(at(24, 10), at(26, 51), 17, 18), cause: "client_connection" }],
  modality: { video_seconds: 3059, audio_only_seconds: 192, neither_seconds: 0, facts: [5, 9] },
  attested: {
    state: { value: "OR", facts: [2] },
    place: { value: "home", facts: [2] },
    consent: null,
    emergency_contact_given: { value: false, facts: [2] },
    identity: { value: "known_to_me", facts: [4] },
    stated_at: at(-3),
  },
  others: [{ role: "observer", name: "Sam Lee", here: [stretch(at(10), at(20, 30), 7, 11)] }],
  number_present: 1,
  flags: [
    {
      value: { flag: "attestation_overridden", missing: ["consent", "emergency_contact"] },
      facts: [4],
    },
  ],
  sections: [],
};

const row = (key: string, of: NoteStub = stub) => factRows(of).find((found) => found.key === key);

test("gives the time together with the facts it was measured from", () => {
  expect(row("together")).toEqual({
    key: "together",
    label: "Time together",
    value: "54 min 11 s",
    source: "Join and leave log",
    facts: [4, 17, 18, 31],
  });
});

test("says how often, how long and whose connection dropped", () => {
  expect(row("dropped")).toMatchObject({
    value: "1 time, 2 min 41 s (2:24 PM)",
    source: "Jordan's connection",
    facts: [17, 18],
  });
  expect(row("dropped", { ...stub, interruptions: [] })).toMatchObject({
    value: "Never",
    facts: [],
  });
});

test("says what was stated and what was not, and never takes silence for a yes", () => {
  expect(row("where")).toMatchObject({
    value: "Oregon, at home",
    source: "Jordan said so, 1:57 PM",
    facts: [2],
  });
  expect(row("consent")).toMatchObject({ value: "Not given", source: "Session log", facts: [] });
  expect(row("contact")).toMatchObject({ value: "Not given" });
  expect(row("identity")).toMatchObject({
    value: "Known to the clinician",
    source: "Maya confirmed",
  });
});

test("names others by their role and says that parts were missing", () => {
  expect(row("other-0")).toMatchObject({ label: "Observer", value: "Sam Lee, 10 min 30 s" });
  expect(row("flag-0")).toMatchObject({
    value: "Let in before saying: consent and whom to call",
    facts: [4],
  });
});

test("a session that was not held says so", () => {
  const empty = { ...stub, actual: null, here: [], together: [], waited: [], together_seconds: 0 };
  expect(row("session", empty)).toMatchObject({ value: "Not held", facts: [] });
  expect(row("together", empty)).toMatchObject({ value: "0 s" });
  expect(row("waited", empty)).toBeUndefined();
});
