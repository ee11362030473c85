import { expect, test } from "vitest";
import type { NoteStub } from "../protocol";
import { chartOf } from "./chart";

const at = (minute: number) => Date.parse("2026-11-23T14:00:00Z") + minute * 60_000;
const stretch = (from: number, to: number) => ({ from: at(from), to: at(to), facts: [] });

const stub = {
  name: "Jordan",
  clinician: "Maya",
  scheduled: { from: at(0), to: at(50) },
  waited: [stretch(-3, 1)],
  here: [stretch(1, 20), stretch(25, 50)],
  clinician_here: [stretch(0, 50)],
  together: [stretch(1, 20), stretch(25, 50)],
  interruptions: [{ ...stretch(20, 25), cause: "client_connection" }],
  others: [{ name: "Sam", role: "observer", here: [stretch(10, 15)] }],
} as unknown as NoteStub;

test("draws a row each for client, clinician and others, on one scale", () => {
  const { rows, ticks } = chartOf(stub);
  expect(rows.map((row) => [row.name, row.bars.map((bar) => bar.kind)])).toEqual([
    ["Jordan", ["waiting", "here", "here"]],
    ["Maya", ["here"]],
    ["Sam", ["other"]],
  ]);
  // 13:55 to 14:50: 55 minutes over 370 units.
  const unit = 370 / 55;
  expect(rows[0]?.bars[1]?.x).toBeCloseTo(104 + 6 * unit);
  expect(rows[0]?.bars[1]?.width).toBeCloseTo(19 * unit);
  expect(ticks.map((tick) => tick.at)).toEqual([at(0), at(10), at(20), at(30), at(40), at(50)]);
});

test("shows a lost connection on the row of whoever lost it", () => {
  const gaps = (cause: string) =>
    chartOf({
      ...stub,
      interruptions: [{ ...stub.interruptions[0], cause }],
    } as unknown as NoteStub).rows.map((row) => row.gaps.length);
  expect(gaps("client_connection")).toEqual([1, 0, 0]);
  expect(gaps("clinician_connection")).toEqual([0, 1, 0]);
  expect(gaps("server")).toEqual([1, 1, 0]);
});

test("a short session is drawn on a scale of minutes", () => {
  const short = [stretch(2.2, 2.9)];
  const brief = {
    ...stub,
    waited: [],
    here: short,
    clinician_here: short,
    together: short,
    others: [],
  };
  const { ticks, rows } = chartOf({ ...brief, interruptions: [] } as unknown as NoteStub);
  expect(ticks.map((tick) => tick.at)).toEqual([at(2), at(3)]);
  expect(rows[0]?.bars[0]?.width).toBeCloseTo(0.7 * 370);
});

test("a session in which nobody came still has a time line", () => {
  const empty = {
    ...stub,
    waited: [],
    here: [],
    clinician_here: [],
    together: [],
    interruptions: [],
    others: [],
  };
  const { rows, ticks } = chartOf(empty as unknown as NoteStub);
  expect(rows).toHaveLength(2);
  expect(ticks.length).toBeGreaterThan(1);
});
