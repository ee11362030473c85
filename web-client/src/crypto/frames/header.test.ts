import { describe, expect, it } from "vitest";
import { decodeHeader, encodeHeader, LONGEST_HEADER } from "./header";
import { bytes, hex, random } from "./testing";

/** RFC 9605 appendix C.1: values whose encodings differ in length, and the whole grid of some. */
const VECTORS: readonly [kid: bigint, counter: bigint, encoded: string][] = [
  [0n, 0n, "00"],
  [0n, 1n, "01"],
  [0n, 255n, "08ff"],
  [0n, 256n, "090100"],
  [0n, 65535n, "09ffff"],
  [0n, 65536n, "0a010000"],
  [0n, 16777215n, "0affffff"],
  [0n, 16777216n, "0b01000000"],
  [0n, 4294967295n, "0bffffffff"],
  [0n, 4294967296n, "0c0100000000"],
  [0n, 1099511627775n, "0cffffffffff"],
  [0n, 1099511627776n, "0d010000000000"],
  [0n, 281474976710655n, "0dffffffffffff"],
  [0n, 281474976710656n, "0e01000000000000"],
  [0n, 72057594037927935n, "0effffffffffffff"],
  [0n, 72057594037927936n, "0f0100000000000000"],
  [0n, 18446744073709551615n, "0fffffffffffffffff"],
  [1n, 0n, "10"],
  [1n, 255n, "18ff"],
  [255n, 0n, "80ff"],
  [255n, 256n, "89ff0100"],
  [256n, 1n, "910100"],
  [65535n, 65535n, "99ffffffff"],
  [65536n, 255n, "a8010000ff"],
  [16777215n, 16777216n, "abffffff01000000"],
  [16777216n, 0n, "b001000000"],
  [4294967295n, 4294967296n, "bcffffffff0100000000"],
  [4294967296n, 1n, "c10100000000"],
  [1099511627775n, 65536n, "caffffffffff010000"],
  [1099511627776n, 255n, "d8010000000000ff"],
  [281474976710655n, 16777215n, "daffffffffffffffffff"],
  [281474976710656n, 1099511627776n, "ed01000000000000010000000000"],
  [72057594037927935n, 0n, "e0ffffffffffffff"],
  [72057594037927936n, 0n, "f00100000000000000"],
  [72057594037927936n, 1n, "f10100000000000000"],
  [72057594037927936n, 256n, "f901000000000000000100"],
  [18446744073709551615n, 65535n, "f9ffffffffffffffffffff"],
  [18446744073709551615n, 18446744073709551615n, "ffffffffffffffffffffffffffffffffff"],
];

describe("the SFrame header", () => {
  it.each(VECTORS)("writes key id %d and counter %d as the RFC does", (kid, counter, encoded) => {
    expect(hex(encodeHeader({ kid, counter }))).toBe(encoded);
    expect(decodeHeader(bytes(encoded))).toEqual({
      header: { kid, counter },
      length: encoded.length / 2,
    });
  });

  it("is read from the middle of a frame and ends where it says", () => {
    const frame = bytes(`ffff${"99ffffffff"}0102`);
    expect(decodeHeader(frame, 2)).toEqual({
      header: { kid: 65535n, counter: 65535n },
      length: 5,
    });
  });

  it("is nothing when the bytes end within it", () => {
    const whole = encodeHeader({ kid: 1n << 60n, counter: 1n << 60n });
    expect(whole).toHaveLength(LONGEST_HEADER);
    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeHeader(whole.subarray(0, length))).toBeNull();
    }
  });

  it("refuses what 64 bits do not hold", () => {
    expect(() => encodeHeader({ kid: 1n << 64n, counter: 0n })).toThrow(RangeError);
    expect(() => encodeHeader({ kid: 0n, counter: -1n })).toThrow(RangeError);
  });

  it("reads noise without failing", () => {
    const dice = random(9605);
    for (let round = 0; round < 5000; round += 1) {
      const noise = dice.bytes(dice.below(20));
      const found = decodeHeader(noise);
      if (found) expect(found.length).toBeLessThanOrEqual(noise.length);
    }
  });
});
