import { expect, test } from "vitest";
import { dayBounds, instantOf, wallOf } from "./zone";

const zone = "America/Los_Angeles";
const at = (iso: string) => Date.parse(iso);

test("reads the clinic's clock, not the device's", () => {
  expect(wallOf(at("2026-11-23T22:05:00Z"), zone)).toEqual({ day: "2026-11-23", time: "14:05" });
  expect(wallOf(at("2026-11-24T07:59:00Z"), zone)).toEqual({ day: "2026-11-23", time: "23:59" });
  expect(wallOf(at("2026-11-24T08:00:00Z"), zone)).toEqual({ day: "2026-11-24", time: "00:00" });
});

test("finds the instant of a wall time", () => {
  expect(instantOf({ day: "2026-11-23", time: "14:05" }, zone)).toBe(at("2026-11-23T22:05:00Z"));
  expect(instantOf({ day: "2026-07-01", time: "14:05" }, zone)).toBe(at("2026-07-01T21:05:00Z"));
});

test("a time skipped in spring is the time after, a time twice in autumn the first", () => {
  expect(instantOf({ day: "2026-03-08", time: "02:30" }, zone)).toBe(at("2026-03-08T10:30:00Z"));
  expect(wallOf(at("2026-03-08T10:30:00Z"), zone).time).toBe("03:30");
  expect(instantOf({ day: "2026-11-01", time: "01:30" }, zone)).toBe(at("2026-11-01T08:30:00Z"));
});

test("days of 23 and 25 hours are whole days", () => {
  const hours = (iso: string) => {
    const { from, to } = dayBounds(at(iso), zone);
    return (to - from) / 3600_000;
  };
  expect(hours("2026-03-08T20:00:00Z")).toBe(23);
  expect(hours("2026-11-01T20:00:00Z")).toBe(25);
  expect(hours("2026-11-23T20:00:00Z")).toBe(24);
});

test("text that is no date or time has no instant", () => {
  expect(instantOf({ day: "", time: "14:00" }, zone)).toBeNull();
  expect(instantOf({ day: "2026-13-40", time: "14:00" }, zone)).toBeNull();
  expect(instantOf({ day: "2026-11-23", time: "" }, zone)).toBeNull();
});
