import { describe, expect, it } from "vitest";
import type { GroupEpoch } from "../../protocol";
import type { KeyId } from "./kid";
import { tagOf } from "./kid";
import { EPOCHS_KEPT, GENERATIONS_HELD, GENERATIONS_KNOWN, KeyRing } from "./ring";
import { random } from "./testing";

const dice = random(3);
const at = (epoch: number, group = 1): GroupEpoch => ({ scope: "session", group, epoch });
const idOf = (epoch: GroupEpoch, leaf = 2, generation = 9): KeyId => ({
  tag: tagOf(epoch),
  leaf,
  generation,
});

async function accept(ring: KeyRing, id: KeyId, counter: bigint): Promise<boolean> {
  const key = await ring.key(id);
  return key !== null && ring.accept(id, key, counter);
}

describe("KeyRing", () => {
  it("holds the last epochs and forgets those before", async () => {
    const ring = new KeyRing();
    for (let epoch = 0; epoch < 10; epoch += 1) ring.keep(at(epoch), dice.bytes(16));
    for (let epoch = 0; epoch < 10; epoch += 1) {
      const held = epoch >= 10 - EPOCHS_KEPT;
      expect((await ring.key(idOf(at(epoch)))) !== null).toBe(held);
      expect(ring.base(at(epoch)) !== null).toBe(held);
    }
  });

  it("forgets what came before an epoch, and nothing for one that it does not hold", async () => {
    const ring = new KeyRing();
    for (const epoch of [at(6), at(7), at(1, 2)]) ring.keep(epoch, dice.bytes(16));
    ring.forgetBefore(at(9));
    expect(ring.base(at(6))).not.toBeNull();
    ring.forgetBefore(at(7));
    expect(await ring.key(idOf(at(6)))).toBeNull();
    expect(ring.base(at(7))).not.toBeNull();
    ring.forgetBefore(at(1, 2));
    expect(ring.base(at(7))).toBeNull();
    expect(await ring.key(idOf(at(1, 2)))).not.toBeNull();
  });

  it("does not take an epoch of one group for that of another", async () => {
    const ring = new KeyRing();
    ring.keep(at(3, 1), dice.bytes(16));
    expect(await ring.key(idOf(at(3, 2)))).toBeNull();
    expect(ring.base(at(3, 17)), "the same low bits").toBeNull();
  });

  it("knows what it has seen after the same epoch is given again", async () => {
    const ring = new KeyRing();
    const baseKey = dice.bytes(16);
    ring.keep(at(1), baseKey);
    expect(await accept(ring, idOf(at(1)), 5n)).toBe(true);
    ring.keep(at(1), baseKey);
    expect(ring.isNew(idOf(at(1)), 5n)).toBe(false);
  });

  it("lets what was never authentic push nothing out", async () => {
    const ring = new KeyRing();
    ring.keep(at(1), dice.bytes(16));
    const honest = idOf(at(1));
    expect(await accept(ring, honest, 5n)).toBe(true);
    for (let made = 0; made < 50; made += 1) await ring.key(idOf(at(1), 2, 1000 + made));
    expect(ring.isNew(honest, 5n)).toBe(false);
  });

  it("bounds the page loads of a leaf, and takes nothing of those it let go", async () => {
    const ring = new KeyRing();
    ring.keep(at(1), dice.bytes(16));
    const count = GENERATIONS_HELD + GENERATIONS_KNOWN;
    for (let generation = 0; generation < count; generation += 1) {
      expect(await accept(ring, idOf(at(1), 2, generation), 0n)).toBe(true);
    }
    expect(ring.isNew(idOf(at(1), 2, 0), 77n)).toBe(false);
    expect(ring.isNew(idOf(at(1), 2, count - 1), 77n)).toBe(true);
    expect(ring.isNew(idOf(at(1), 2, count), 0n), "too many").toBe(false);
    expect(ring.isNew(idOf(at(1), 3, 0), 0n), "of another leaf").toBe(true);
  });
});
