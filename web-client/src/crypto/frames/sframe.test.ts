import { describe, expect, it } from "vitest";
import { concat } from "../bytes";
import { decodeHeader } from "./header";
import { deriveKey, importBase, nonce, open, seal } from "./sframe";
import { bytes, hex } from "./testing";

/** RFC 9605 appendix C.3, AES_128_GCM_SHA256_128. */
const VECTOR = {
  kid: 0x123n,
  counter: 0x4567n,
  baseKey: bytes("000102030405060708090a0b0c0d0e0f"),
  key: bytes("d34f547f4ca4f9a7447006fe7fcbf768"),
  salt: "75234edefe07819026751816",
  metadata: bytes("4945544620534672616d65205747"),
  nonce: "75234edefe07819026755d71",
  plain: bytes("64726166742d696574662d736672616d652d656e63"),
  frame: "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb",
};

describe("AES_128_GCM_SHA256_128", () => {
  const derived = async () => deriveKey(await importBase(VECTOR.baseKey), VECTOR.kid);

  it("derives the salt of the RFC and a key that is the RFC's", async () => {
    const key = await derived();
    expect(hex(key.salt)).toBe(VECTOR.salt);
    expect(hex(nonce(key.salt, VECTOR.counter))).toBe(VECTOR.nonce);
    const theirs = await crypto.subtle.importKey("raw", VECTOR.key, "AES-GCM", false, ["encrypt"]);
    const ours = await seal(key, VECTOR.counter, VECTOR.plain, VECTOR.metadata);
    const same = await seal({ ...key, key: theirs }, VECTOR.counter, VECTOR.plain, VECTOR.metadata);
    expect(hex(ours.sealed)).toBe(hex(same.sealed));
  });

  it("seals the frame of the RFC", async () => {
    const { header, sealed } = await seal(
      await derived(),
      VECTOR.counter,
      VECTOR.plain,
      VECTOR.metadata,
    );
    expect(hex(concat(header, sealed))).toBe(VECTOR.frame);
  });

  it("opens the frame of the RFC, and not with another bit anywhere", async () => {
    const key = await derived();
    const frame = bytes(VECTOR.frame);
    const length = decodeHeader(frame)?.length ?? 0;
    const opened = await open(
      key,
      frame.subarray(0, length),
      frame.subarray(length),
      VECTOR.metadata,
    );
    expect(opened).toEqual(VECTOR.plain);
    for (let at = 0; at < frame.length; at += 1) {
      const broken = frame.slice();
      broken[at] = (broken[at] ?? 0) ^ 1;
      expect(
        await open(key, broken.subarray(0, length), broken.subarray(length), VECTOR.metadata),
      ).toBeNull();
    }
    expect(
      await open(key, frame.subarray(0, length), frame.subarray(length), bytes("00")),
    ).toBeNull();
  });

  it("keeps its keys from being read out", async () => {
    expect((await derived()).key.extractable).toBe(false);
    expect((await importBase(VECTOR.baseKey)).extractable).toBe(false);
  });

  it("refuses a base key of another length", () => {
    expect(() => importBase(new Uint8Array(15))).toThrow(RangeError);
  });
});
