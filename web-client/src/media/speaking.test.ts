import { describe, expect, it } from "vitest";
import { Speakers } from "./speaking";

const at = (level: number): Map<string, number> => new Map([["a", level]]);

describe("who is speaking", () => {
  it("begins with a clear voice and bridges pauses between words", () => {
    const speakers = new Speakers();
    expect(speakers.update(at(0.012), 0).has("a")).toBe(false);
    const talking = speakers.update(at(0.2), 500);
    expect(talking.has("a")).toBe(true);
    expect(speakers.update(at(0), 1_000)).toBe(talking);
    expect(speakers.update(at(0.012), 1_500)).toBe(talking);
    expect(speakers.update(at(0), 2_800).has("a")).toBe(false);
  });

  it("forgets who is no longer received", () => {
    const speakers = new Speakers();
    speakers.update(at(0.2), 0);
    expect(speakers.update(new Map(), 100).size).toBe(0);
  });
});
