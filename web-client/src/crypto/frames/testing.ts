import type { Bytes } from "../bytes";

/** Helpers of the tests beside this file. */

export function hex(of: Uint8Array): string {
  return [...of].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytes(text: string): Bytes {
  return Uint8Array.from(text.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

export interface Dice {
  /** 0 to `limit` - 1. */
  below: (limit: number) => number;
  bytes: (length: number) => Bytes;
  word: () => number;
}

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): Dice {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => word() % limit;
  return { word, below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) };
}
