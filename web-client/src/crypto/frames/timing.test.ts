import { expect, it } from "vitest";
import { Timing } from "./timing";

it("tells the median and the 99th percentile to a tenth", () => {
  const timing = new Timing();
  for (let index = 1; index <= 1000; index += 1) timing.record(index / 100);
  const { count, mean, median, p99, longest } = timing.summary();
  expect(count).toBe(1000);
  expect(mean).toBeCloseTo(5.005);
  expect(longest).toBe(10);
  expect(Math.abs(median / 5 - 1)).toBeLessThan(0.1);
  expect(Math.abs(p99 / 9.9 - 1)).toBeLessThan(0.1);
});

it("says nothing of nothing", () => {
  expect(new Timing().summary()).toEqual({ count: 0, mean: 0, median: 0, p99: 0, longest: 0 });
});
