// Bytes and the one way this folder writes them down: fields behind their lengths, so that no two lists of
// fields have the same encoding.

/** Bytes that own their memory, as Web Crypto wants them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** UTF-8. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** The same bytes in memory of their own. */
export function copyOf(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether both are the same, in a time that depends on their lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

/** Overwrites secrets that are needed no more. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** 32 bits, most significant byte first. */
export function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** One field: its length in bytes (32 bits), then its bytes. */
export function field(bytes: Uint8Array): Bytes {
  return concat(uint32(bytes.length), bytes);
}

/** A label and fields: what is signed, authenticated or used as associated data. */
export function transcript(label: string, ...fields: readonly Uint8Array[]): Bytes {
  return concat(field(utf8(label)), ...fields.map(field));
}

/** Reads what `field` and `uint32` wrote. Every method throws `RangeError` when the bytes end too early. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the bytes end too early");
    const taken = copyOf(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return new DataView(this.take(4).buffer).getUint32(0);
  }

  field(): Bytes {
    return this.take(this.uint32());
  }

  /** A field of UTF-8; throws `TypeError` when it is not. */
  text(): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.field());
  }

  /** Throws `RangeError` when bytes are left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError("bytes are left over");
  }
}
