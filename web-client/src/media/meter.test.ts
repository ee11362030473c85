import { describe, expect, it } from "vitest";
import { loudness, STEPS, steps } from "./meter";

describe("the meter", () => {
  it("reads silence, a tone and a full square", () => {
    expect(loudness(new Float32Array(64))).toBe(0);
    expect(loudness(Float32Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1)))).toBe(1);
    expect(loudness(new Float32Array(0))).toBe(0);
  });

  it("lights more steps for louder sound, none for silence and never more than there are", () => {
    expect(steps(0)).toBe(0);
    expect(steps(0.001)).toBe(0);
    expect(steps(0.05)).toBeGreaterThan(steps(0.01));
    expect(steps(1)).toBe(STEPS);
  });
});
