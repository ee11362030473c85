import { expect, test } from "vitest";
import type { Person } from "../protocol";
import {
  emptyBooking,
  matchingPeople,
  problemsOf,
  timesOf,
  withGuest,
  withKind,
  withoutGuest,
  withRole,
} from "./booking";

const zone = "America/New_York";
const now = Date.parse("2026-11-23T19:05:00Z");
const jordan: Person = { person: "p1", name: "Jordan M." };
const tomas: Person = { person: "p2", name: "Tomás de la Cruz" };

test("begins at the next half hour on the clinic's clock, with the usual length and template", () => {
  expect(emptyBooking(now, zone)).toMatchObject({
    kind: "individual",
    template: "dap",
    length: 53,
    day: "2026-11-23",
    time: "14:30",
  });
  expect(emptyBooking(Date.parse("2026-11-24T04:45:00Z"), zone)).toMatchObject({
    day: "2026-11-24",
    time: "00:00",
  });
});

test("takes each person once, in the usual role of the kind", () => {
  const twice = withGuest(withGuest(emptyBooking(now, zone), jordan), jordan);
  expect(twice.guests).toEqual([{ ...jordan, role: "client" }]);
  expect(withoutGuest(twice, "p1").guests).toEqual([]);
});

test("another kind moves guests into its usual role, but keeps a chosen one", () => {
  const observed = withRole(
    withGuest(withGuest(emptyBooking(now, zone), jordan), tomas),
    "p2",
    "observer",
  );
  const coaching = withKind(observed, "caregiver_coaching");
  expect(coaching.guests.map((guest) => guest.role)).toEqual(["caregiver", "observer"]);
  expect(coaching).toMatchObject({ template: "coaching", length: 60 });
});

test("says what is missing before it can be made", () => {
  const empty = emptyBooking(now, zone);
  expect(problemsOf(empty, now, zone)).toEqual(["no_guests"]);
  const booked = withGuest(empty, jordan);
  expect(problemsOf(booked, now, zone)).toEqual([]);
  expect(problemsOf(withRole(booked, "p1", "observer"), now, zone)).toEqual(["no_client"]);
  expect(problemsOf({ ...booked, time: "" }, now, zone)).toEqual(["no_time"]);
  expect(problemsOf({ ...booked, time: "13:00" }, now, zone)).toEqual(["in_past"]);
  expect(problemsOf({ ...booked, time: "14:00" }, now, zone)).toEqual([]);
  const crowd = Array.from({ length: 31 }, (_, i) => ({
    person: `${i}`,
    name: "A",
    role: "client" as const,
  }));
  expect(problemsOf({ ...booked, guests: crowd }, now, zone)).toEqual(["too_many"]);
});

test("ends its length after its start, across a clock change", () => {
  const night = { ...emptyBooking(now, zone), day: "2026-11-01", time: "00:30", length: 120 };
  const times = timesOf(night, zone);
  expect(times).toEqual({
    starts_at: Date.parse("2026-11-01T04:30:00Z"),
    ends_at: Date.parse("2026-11-01T06:30:00Z"),
  });
});

test("finds people by the beginning of any word, with or without accents", () => {
  const known = [jordan, tomas];
  expect(matchingPeople(known, "TOMAS", [])).toEqual([tomas]);
  expect(matchingPeople(known, "cruz", [])).toEqual([tomas]);
  expect(matchingPeople(known, "", [{ ...jordan, role: "client" }])).toEqual([tomas]);
  expect(matchingPeople(known, "rdan", [])).toEqual([]);
});
