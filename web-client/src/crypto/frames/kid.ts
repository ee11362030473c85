import type { GroupEpoch } from "../../protocol";

/** Whose key, of which epoch, a frame is sealed with. */
export interface KeyId {
  /** What an epoch is called in a key id: scope, group and the low bits of the epoch. */
  tag: number;
  /** Index of the sender's leaf in the tree of the group. */
  leaf: number;
  /** 32 random bits of one page load. */
  generation: number;
}

/** Leaves that a key id can name. */
export const LEAVES = 1 << 10;

const SCOPES = { session: 1 } as const;

/**
 * Scope (6 bits), group (4, low) and epoch (12, low). Few epochs are kept at a time, so the low bits
 * tell them apart. Scopes begin at 1: a key id always takes its eight bytes.
 */
export function tagOf({ scope, group, epoch }: GroupEpoch): number {
  return (SCOPES[scope] << 16) | ((group & 0xf) << 12) | (epoch & 0xfff);
}

/**
 * The key id of RFC 9605: tag (22 bits), leaf (10), generation (32). As all of it enters the key
 * derivation, two leaves never share a key, nor do two loads of a page by the same leaf.
 */
export function encodeKid({ tag, leaf, generation }: KeyId): bigint {
  if (leaf < 0 || leaf >= LEAVES) throw new RangeError("the leaf is beyond what a key id can name");
  return (BigInt(tag) << 42n) | (BigInt(leaf) << 32n) | BigInt(generation >>> 0);
}

/** `null` for the key id of something else than our frames. */
export function decodeKid(kid: bigint): KeyId | null {
  const tag = Number(kid >> 42n);
  if (tag >> 16 === 0) return null;
  return {
    tag,
    leaf: Number((kid >> 32n) & 0x3ffn),
    generation: Number(kid & 0xffff_ffffn),
  };
}
