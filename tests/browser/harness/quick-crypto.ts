import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * Lets hashes and message authentication codes of Web Crypto be computed at once. Node gives each to a
 * pool of threads, which takes some twenty times as long as the hash itself; with many members of a group
 * in one process, it is that and not the group that would be measured.
 */
export function hashAtOnce(): void {
  const { subtle } = globalThis.crypto;
  const macs = new WeakMap<object, Buffer>();
  const slow = {
    digest: subtle.digest.bind(subtle),
    importKey: subtle.importKey.bind(subtle) as (...all: unknown[]) => Promise<CryptoKey>,
    sign: subtle.sign.bind(subtle) as (...all: unknown[]) => Promise<ArrayBuffer>,
    verify: subtle.verify.bind(subtle) as (...all: unknown[]) => Promise<boolean>,
  };
  const mac = (key: object, data: BufferSource): Buffer | null => {
    const secret = macs.get(key);
    return secret ? createHmac("sha256", secret).update(bytesOf(data)).digest() : null;
  };
  const quick = {
    async digest(algorithm: AlgorithmIdentifier, data: BufferSource) {
      if (nameOf(algorithm) !== "SHA-256") return slow.digest(algorithm, data);
      return bufferOf(createHash("sha256").update(bytesOf(data)).digest());
    },
    async importKey(format: string, data: BufferSource, algorithm: HmacParams, ...rest: unknown[]) {
      const hmac = format === "raw" && nameOf(algorithm) === "HMAC";
      if (!hmac || nameOf(algorithm.hash) !== "SHA-256") {
        return slow.importKey(format, data, algorithm, ...rest);
      }
      const key = {};
      macs.set(key, Buffer.from(bytesOf(data)));
      return key;
    },
    async sign(algorithm: unknown, key: object, data: BufferSource) {
      const tag = mac(key, data);
      return tag ? bufferOf(tag) : slow.sign(algorithm, key, data);
    },
    async verify(algorithm: unknown, key: object, tag: BufferSource, data: BufferSource) {
      const right = mac(key, data);
      if (!right) return slow.verify(algorithm, key, tag, data);
      const given = bytesOf(tag);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
  for (const [name, value] of Object.entries(quick)) Object.defineProperty(subtle, name, { value });
}

interface HmacParams {
  name: string;
  hash: AlgorithmIdentifier;
}

function nameOf(algorithm: AlgorithmIdentifier): string {
  return typeof algorithm === "string" ? algorithm : algorithm.name;
}

function bytesOf(data: BufferSource): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
