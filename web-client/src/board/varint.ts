// Numbers in as few bytes as they need: seven bits a byte, the lowest first, the top bit set while more follow.

import type { Bytes } from "../crypto/bytes";

/** Bytes that grow as numbers are written. */
export class VarintWriter {
  readonly #bytes: number[] = [];

  /** A whole number from 0 to 2^53 - 1. */
  count(value: number): this {
    let left = value;
    while (left >= 0x80) {
      this.#bytes.push((left % 0x80) + 0x80);
      left = Math.floor(left / 0x80);
    }
    this.#bytes.push(left);
    return this;
  }

  /** A whole number of either sign: small ones stay small. */
  signed(value: number): this {
    return this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** One byte. */
  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  /** How many there are, then they. */
  field(bytes: Uint8Array): this {
    this.count(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  done(): Bytes {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads what `VarintWriter` wrote. Every method throws `RangeError` when the bytes end too early. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  count(): number {
    let value = 0;
    for (let weight = 1; weight <= 2 ** 49; weight *= 0x80) {
      const byte = this.byte();
      value += (byte % 0x80) * weight;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw new RangeError("the number is too large");
  }

  signed(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError("the bytes end too early");
    this.#at += 1;
    return byte;
  }

  /** A copy. */
  field(): Bytes {
    const length = this.count();
    if (length > this.left) throw new RangeError("the bytes end too early");
    const start = this.#at;
    this.#at += length;
    return new Uint8Array(this.#bytes.subarray(start, this.#at));
  }

  /** How many of at least `size` bytes each are to come. */
  list(size: number): number {
    const length = this.count();
    if (length * size > this.left) throw new RangeError("the bytes end too early");
    return length;
  }

  /** Throws `RangeError` when bytes are left. */
  end(): void {
    if (this.left > 0) throw new RangeError("bytes are left over");
  }
}
