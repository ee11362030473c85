import { describe, expect, it } from "vitest";
import { encodeHeader } from "./header";
import { decodeKid, encodeKid, tagOf } from "./kid";
import { random } from "./testing";

describe("key ids", () => {
  it("come back as they were", () => {
    const dice = random(1);
    for (let round = 0; round < 2000; round += 1) {
      const epoch = dice.word();
      const tag = tagOf({ scope: "session", group: dice.below(40), epoch });
      const id = { tag, leaf: dice.below(1024), generation: dice.word() };
      expect(decodeKid(encodeKid(id))).toEqual(id);
    }
  });

  it("tell epochs and groups apart", () => {
    const tags = new Set<number>();
    for (let group = 1; group <= 3; group += 1) {
      for (let epoch = 0; epoch < 100; epoch += 1) {
        tags.add(tagOf({ scope: "session", group, epoch }));
      }
    }
    expect(tags.size).toBe(300);
  });

  it("always take eight bytes", () => {
    const tag = tagOf({ scope: "session", group: 0, epoch: 0 });
    const kid = encodeKid({ tag, leaf: 0, generation: 0 });
    expect(encodeHeader({ kid, counter: 0n })).toHaveLength(9);
  });

  it("of something else are not ours", () => {
    expect(decodeKid(0x123n)).toBeNull();
    expect(decodeKid((1n << 58n) - 1n)).toBeNull();
  });

  it("name no leaf beyond their bits", () => {
    expect(() => encodeKid({ tag: 1 << 16, leaf: 1024, generation: 0 })).toThrow(RangeError);
  });
});
