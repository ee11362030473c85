import { describe, expect, it } from "vitest";
import type { GroupEpoch, Source } from "../../protocol";
import type { Bytes } from "../bytes";
import { decodeHeader } from "./header";
import { openFrame } from "./opener";
import { type Codec, clearPrefix } from "./prefix";
import { KeyRing } from "./ring";
import { Sealer } from "./sealer";
import { hex, random } from "./testing";

const dice = random(66);
const at = (epoch: number, group = 1): GroupEpoch => ({ scope: "session", group, epoch });
const LEAF = 5;

/** A delta frame of VP8 unless `key`. */
function picture(length = 400, key = false): Bytes {
  const frame = dice.bytes(length);
  frame[0] = key ? 0x50 : 0x51;
  return frame;
}

async function sender(epoch: GroupEpoch, baseKey: Bytes, generation = 1, leaf = LEAF) {
  const ring = new KeyRing();
  ring.keep(epoch, baseKey);
  const sealer = new Sealer(generation);
  await sealer.use(ring.base(epoch), epoch, leaf);
  return sealer;
}

async function pair() {
  const baseKey = dice.bytes(16);
  const ring = new KeyRing();
  ring.keep(at(1), baseKey);
  const sealer = await sender(at(1), baseKey);
  return { ring, sealer, baseKey };
}

async function sealed(
  sealer: Sealer,
  frame: Bytes,
  codec: Codec = "vp8",
  source: Source = "camera",
): Promise<Bytes> {
  const out = await sealer.seal(frame, codec, source);
  if (!out) throw new Error("nothing was sealed");
  return out;
}

const camera = { leaf: LEAF, source: "camera" } as const;

describe("a frame", () => {
  it.each([
    ["vp8", picture(400, true), 10],
    ["vp8", picture(400), 3],
    ["vp8", picture(3), 3],
    ["vp9", picture(400), 0],
    ["opus", picture(80), 1],
    ["opus", picture(1), 1],
  ] as const)("of %s goes through, its first bytes readable", async (codec, frame, clear) => {
    const { ring, sealer } = await pair();
    const wire = await sealed(sealer, frame, codec);
    expect(wire.subarray(0, clear)).toEqual(frame.subarray(0, clear));
    expect(wire.length).toBeLessThanOrEqual(frame.length + 9 + 1 + 16);
    if (frame.length > 30) expect(hex(wire)).not.toContain(hex(frame.subarray(clear, clear + 12)));
    expect(await openFrame(ring, wire, codec, camera)).toEqual(frame);
  });

  it("is sealed by nobody without a key, and not when it is too short to be one", async () => {
    const sealer = new Sealer(1);
    expect(await sealer.seal(picture(), "vp8", "camera")).toBeNull();
    const { sealer: ready } = await pair();
    expect(await ready.seal(new Uint8Array(), "opus", "microphone")).toBeNull();
    expect(await ready.seal(picture(9, true), "vp8", "camera")).toBeNull();
  });

  it("is opened once", async () => {
    const { ring, sealer } = await pair();
    const wire = await sealed(sealer, picture());
    expect(await openFrame(ring, wire, "vp8", camera)).toBeInstanceOf(Uint8Array);
    expect(await openFrame(ring, wire, "vp8", camera)).toBe("replayed");
  });

  it("is opened once when it comes twice at the same moment", async () => {
    const { ring, sealer } = await pair();
    const wire = await sealed(sealer, picture());
    const both = await Promise.all([
      openFrame(ring, wire, "vp8", camera),
      openFrame(ring, wire, "vp8", camera),
    ]);
    expect(both.filter((opened) => opened === "replayed")).toHaveLength(1);
  });

  it("with any bit changed is not opened", async () => {
    const { ring, sealer } = await pair();
    const frame = picture(40, true);
    const wire = await sealed(sealer, frame);
    for (let at = 0; at < wire.length; at += 1) {
      const broken = wire.slice();
      broken[at] = (broken[at] ?? 0) ^ (1 << dice.below(8));
      expect(typeof (await openFrame(ring, broken, "vp8", camera)), `byte ${at}`).toBe("string");
    }
    expect(await openFrame(ring, wire, "vp8", camera)).toEqual(frame);
  });

  it("of one source does not pass for another", async () => {
    const { ring, sealer } = await pair();
    const wire = await sealed(sealer, picture(), "vp8", "screen");
    expect(await openFrame(ring, wire, "vp8", camera)).toBe("tampered");
  });

  it("of somebody else is told from one that is broken", async () => {
    const { ring, sealer, baseKey } = await pair();
    const other = await sender(at(1), baseKey, 2, LEAF + 1);
    expect(await openFrame(ring, await sealed(other, picture()), "vp8", camera)).toBe(
      "wrong_sender",
    );
    expect(await openFrame(ring, await sealed(sealer, picture()), "vp8", null)).toBe(
      "wrong_sender",
    );
  });

  it("under another member's name is broken", async () => {
    const { ring, baseKey } = await pair();
    const other = await sender(at(1), baseKey, 2, LEAF + 1);
    const wire = await sealed(other, picture());
    const mine = await sealed(await sender(at(1), baseKey, 2), picture());
    // The key id of this leaf on what the other one sealed.
    wire.set(mine.subarray(3, 3 + 9), 3);
    expect(await openFrame(ring, wire, "vp8", camera)).toBe("tampered");
  });

  it("that was never sealed is plain", async () => {
    const { ring } = await pair();
    for (let round = 0; round < 300; round += 1) {
      const opened = await openFrame(ring, picture(dice.below(60)), "vp8", camera);
      expect(typeof opened).toBe("string");
    }
    // A frame of SFrame's own header, yet with a key id that none of ours has.
    expect(await openFrame(ring, new Uint8Array(60).fill(1), "vp9", camera)).toBe("plain");
  });

  it("of an epoch that is not held has no key, and is opened once it comes again with one", async () => {
    const { ring } = await pair();
    const baseKey = dice.bytes(16);
    const next = await sender(at(2), baseKey);
    const wire = await sealed(next, picture());
    expect(await openFrame(ring, wire, "vp8", camera)).toBe("no_key");
    ring.keep(at(2), baseKey);
    expect(await openFrame(ring, wire, "vp8", camera)).toBeInstanceOf(Uint8Array);
  });

  it("of the epoch before is opened while keys change", async () => {
    const { ring, sealer } = await pair();
    const late = await sealed(sealer, picture());
    ring.keep(at(2), dice.bytes(16));
    ring.keep(at(3), dice.bytes(16));
    expect(await openFrame(ring, late, "vp8", camera)).toBeInstanceOf(Uint8Array);
  });
});

describe("Sealer", () => {
  it("takes the newest of two switches, whichever key is derived first", async () => {
    const base = [dice.bytes(16), dice.bytes(16)] as const;
    const ring = new KeyRing();
    ring.keep(at(1), base[0]);
    ring.keep(at(2), base[1]);
    const sealer = new Sealer(1);
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    }).then(() => ring.base(at(1)) as Promise<CryptoKey>);
    const first = sealer.use(slow, at(1), LEAF);
    await sealer.use(ring.base(at(2)), at(2), LEAF);
    release();
    await first;
    const only = new KeyRing();
    only.keep(at(2), base[1]);
    expect(await openFrame(only, await sealed(sealer, picture()), "vp8", camera)).toBeInstanceOf(
      Uint8Array,
    );
  });

  it("stops rather than go on with a key that is to be left", async () => {
    const { sealer } = await pair();
    await sealer.use(null, at(2), LEAF);
    expect(await sealer.seal(picture(), "vp8", "camera")).toBeNull();
  });

  it("never uses a nonce twice: over reloads, restored state, layers, tracks and key changes", async () => {
    const seeds = [1, 2, 3, 4];
    for (const seed of seeds) {
      const chance = random(seed);
      const bases = new Map<number, Bytes>();
      const baseOf = (epoch: number): Bytes => {
        const held = bases.get(epoch) ?? chance.bytes(16);
        bases.set(epoch, held);
        return held;
      };
      // Devices of one session; a reload restores the epoch and the leaf and draws a generation.
      const load = async (leaf: number, epoch: number) => ({
        leaf,
        epoch,
        sealer: await sender(at(epoch), baseOf(epoch), chance.word(), leaf),
      });
      const devices = [await load(0, 1), await load(1, 1), await load(2, 1)];
      const used = new Set<string>();
      let newest = 1;
      for (let step = 0; step < 400; step += 1) {
        const index = chance.below(devices.length);
        const device = devices[index];
        if (!device) continue;
        switch (chance.below(8)) {
          case 0:
            devices[index] = await load(device.leaf, device.epoch);
            break;
          case 1: {
            if (chance.below(3) === 0) newest += 1;
            // Also back: a restored state may be older than what was sent with before.
            const epoch = Math.max(1, newest - chance.below(3));
            device.epoch = epoch;
            const ring = new KeyRing();
            ring.keep(at(epoch), baseOf(epoch));
            await device.sealer.use(ring.base(at(epoch)), at(epoch), device.leaf);
            break;
          }
          default: {
            const layers = [picture(60), picture(120), picture(240), picture(20)];
            const frames = await Promise.all(
              layers.map((frame, layer) =>
                sealed(device.sealer, frame, "vp8", layer === 3 ? "screen" : "camera"),
              ),
            );
            for (const wire of frames) {
              const found = decodeHeader(wire, clearPrefix("vp8", wire));
              if (!found) throw new Error("no header");
              const { kid, counter } = found.header;
              // Key and salt are functions of base key and key id, the nonce of salt and counter.
              const nonce = `${hex(baseOf(device.epoch))} ${kid} ${counter}`;
              expect(used.has(nonce), `${nonce}, seed ${seed}`).toBe(false);
              used.add(nonce);
            }
          }
        }
      }
      expect(used.size).toBeGreaterThan(800);
    }
  });
});
