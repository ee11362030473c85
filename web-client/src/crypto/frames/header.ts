import type { Bytes } from "../bytes";

/** Key id and counter of one frame, both 64 bits. */
export interface FrameHeader {
  kid: bigint;
  counter: bigint;
}

/** Longest header: the configuration byte, eight bytes of key id and eight of counter. */
export const LONGEST_HEADER = 17;

const LARGEST = 0xffff_ffff_ffff_ffffn;

/**
 * The SFrame header (RFC 9605 section 4.3): a configuration byte `X KKK Y CCC`, then key id and
 * counter. A value below 8 lies in its three bits; a larger one makes them its length less one and
 * follows in network byte order, in as few bytes as it needs.
 */
export function encodeHeader({ kid, counter }: FrameHeader): Bytes {
  const keyLength = lengthOf(kid);
  const counterLength = lengthOf(counter);
  const header = new Uint8Array(1 + keyLength + counterLength);
  header[0] = (field(kid, keyLength) << 4) | field(counter, counterLength);
  write(header, 1, keyLength, kid);
  write(header, 1 + keyLength, counterLength, counter);
  return header;
}

/** The header at `at` and its length, or `null` when the bytes end within it. */
export function decodeHeader(
  bytes: Uint8Array,
  at = 0,
): { header: FrameHeader; length: number } | null {
  const configuration = bytes[at];
  if (configuration === undefined) return null;
  const keyField = configuration >> 4;
  const counterField = configuration & 0x0f;
  const keyLength = extent(keyField);
  const counterLength = extent(counterField);
  const length = 1 + keyLength + counterLength;
  if (bytes.length - at < length) return null;
  const kid = keyLength === 0 ? BigInt(keyField) : read(bytes, at + 1, keyLength);
  const counter =
    counterLength === 0 ? BigInt(counterField) : read(bytes, at + 1 + keyLength, counterLength);
  return { header: { kid, counter }, length };
}

/** Bytes behind the configuration byte, 0 for a value that fits in it. */
function lengthOf(value: bigint): number {
  if (value < 0n || value > LARGEST) throw new RangeError("SFrame headers hold 64 bits a field");
  if (value < 8n) return 0;
  let length = 1;
  for (let rest = value >> 8n; rest > 0n; rest >>= 8n) length += 1;
  return length;
}

function field(value: bigint, length: number): number {
  return length === 0 ? Number(value) : 8 | (length - 1);
}

function extent(field: number): number {
  return (field & 8) === 0 ? 0 : (field & 7) + 1;
}

function write(into: Uint8Array, at: number, length: number, value: bigint): void {
  let rest = value;
  for (let index = at + length - 1; index >= at; index -= 1) {
    into[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

function read(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (const byte of bytes.subarray(at, at + length)) value = (value << 8n) | BigInt(byte);
  return value;
}
