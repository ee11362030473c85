import { afterEach, expect, test } from "vitest";
import { dayOf, durationOf, minutesOf, preciseTimeOf, shortDayOf, timeOf } from "./format";
import { speak } from "./words";

const zone = "America/Los_Angeles";
const at = Date.parse("2026-11-23T22:01:30Z");

afterEach(() => speak("en"));

test("shows times and days on the clinic's clock", () => {
  expect(timeOf(at, zone)).toBe("2:01 PM");
  expect(timeOf(at, zone, true)).toBe("2:01");
  expect(preciseTimeOf(at, zone)).toBe("2:01:30 PM");
  expect(dayOf(at, zone)).toBe("Monday, November 23");
  expect(shortDayOf(at, zone)).toBe("Mon, Nov 23");
});

test("shows them in Spanish too", () => {
  speak("es");
  expect(dayOf(at, zone)).toBe("lunes, 23 de noviembre");
  expect(timeOf(at, zone)).toMatch(/^2:01 p\.\s?m\.$/u);
});

test("durations are whole seconds, never rounded up", () => {
  expect(durationOf(3251)).toBe("54 min 11 s");
  expect(durationOf(59.99)).toBe("59 s");
  expect(durationOf(3600)).toBe("1 h");
  expect(durationOf(0)).toBe("0 s");
});

test("waits to come are rounded up to whole minutes", () => {
  expect(minutesOf(1)).toBe("1 minute");
  expect(minutesOf(61)).toBe("2 minutes");
});
