// @vitest-environment node
import { expect, test } from "vitest";
import { Log } from "./log";
import { seeded, shuffled } from "./testing/drawing";

test("an entry is new once, and a missing one is noticed", () => {
  const log = new Log();
  expect([1, 1, 3].map((seq) => log.take(seq))).toEqual([true, false, true]);
  expect([log.upto, log.hasGap]).toEqual([1, true]);
  expect([log.take(3), log.take(2)]).toEqual([false, true]);
  expect([log.upto, log.hasGap]).toEqual([3, false]);
  expect([0, -1, 1.5, Number.NaN].map((seq) => log.take(seq))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("in any order nothing is missing in the end", () => {
  const random = seeded(6);
  for (let round = 0; round < 50; round += 1) {
    const log = new Log();
    const seqs = Array.from({ length: 40 }, (_, i) => i + 1);
    for (const seq of shuffled([...seqs, ...seqs.slice(0, 10)], random)) log.take(seq);
    expect([log.upto, log.hasGap]).toEqual([40, false]);
  }
});

test("a snapshot stands for the entries up to it", () => {
  const log = new Log();
  log.take(1);
  log.take(8);
  log.take(11);
  expect([log.skip(10), log.skip(10), log.skip(4)]).toEqual([true, false, false]);
  expect([log.upto, log.hasGap]).toEqual([11, false]);
  expect(log.take(7)).toBe(false);
});

test("a snapshot is due after so many entries or bytes", () => {
  const log = new Log();
  const due = Array.from({ length: 450 }, (_, i) => i + 1).filter((seq) =>
    log.isMilestone(seq, 100),
  );
  expect(due).toEqual([200, 400]);
  expect(log.isMilestone(451, 1 << 20)).toBe(true);
  expect(log.isMilestone(452, 100)).toBe(false);
});
