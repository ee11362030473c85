import { describe, expect, it } from "vitest";
import { ReplayWindow } from "./replay";
import { random } from "./testing";

describe("ReplayWindow", () => {
  it("takes each counter once, in any order within a thousand", () => {
    const window = new ReplayWindow();
    const dice = random(7);
    const counters = Array.from({ length: 6000 }, (_, index) => index);
    counters.sort((a, b) => a + dice.below(1000) - b - dice.below(1000));
    for (const counter of counters) {
      expect(window.take(BigInt(counter))).toBe(true);
      expect(window.take(BigInt(counter))).toBe(false);
    }
  });

  it("behaves as a set does, over jumps of any size", () => {
    const window = new ReplayWindow();
    const dice = random(8);
    const taken = new Set<bigint>();
    let newest = 0n;
    for (let round = 0; round < 20_000; round += 1) {
      const step = BigInt(dice.below(dice.below(50) === 0 ? 9000 : 40));
      const counter = dice.below(2) === 0 ? newest + step : newest - step;
      if (counter < 0n) continue;
      const expected = newest - counter < 4096n && !taken.has(counter);
      expect(window.isNew(counter)).toBe(expected);
      expect(window.take(counter)).toBe(expected);
      taken.add(counter);
      if (counter > newest) newest = counter;
    }
  });

  it("refuses what is too old to tell", () => {
    const window = new ReplayWindow();
    expect(window.take(10_000n)).toBe(true);
    expect(window.take(10_000n - 4095n)).toBe(true);
    expect(window.take(10_000n - 4096n)).toBe(false);
  });

  it("goes to the end of 64 bits", () => {
    const window = new ReplayWindow();
    expect(window.take(0n)).toBe(true);
    expect(window.take((1n << 64n) - 1n)).toBe(true);
    expect(window.take((1n << 64n) - 1n)).toBe(false);
  });
});
