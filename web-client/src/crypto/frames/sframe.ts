import { aesKey } from "../aead";
import { type Bytes, concat } from "../bytes";
import { decodeHeader, encodeHeader } from "./header";

/** AES_128_GCM_SHA256_128 (RFC 9605 section 4.5). */
export const SUITE = 0x0004;
/** Nk, bytes of the AES key and of a base key. */
export const KEY_LENGTH = 16;
/** Nn, bytes of a nonce. */
const NONCE_LENGTH = 12;
/** Nt, bytes of the authentication tag. */
export const TAG_LENGTH = 16;

/** What one key id's frames are sealed with. */
export interface FrameKey {
  kid: bigint;
  key: CryptoKey;
  salt: Bytes;
}

/** A base key, ready to derive from. It cannot be read out again. */
export function importBase(baseKey: Bytes): Promise<CryptoKey> {
  if (baseKey.length !== KEY_LENGTH) throw new RangeError("a base key has 16 bytes");
  return crypto.subtle.importKey("raw", baseKey, "HKDF", false, ["deriveBits"]);
}

/** Key and salt of a key id (RFC 9605 section 4.4.2). */
export async function deriveKey(base: CryptoKey, kid: bigint): Promise<FrameKey> {
  const [secret, salt] = await Promise.all([
    expand(base, label("SFrame 1.0 Secret key ", kid), KEY_LENGTH),
    expand(base, label("SFrame 1.0 Secret salt ", kid), NONCE_LENGTH),
  ]);
  return { kid, key: await aesKey(secret), salt };
}

/**
 * Header, ciphertext and tag (RFC 9605 section 4.4.3). A counter must never come twice with a key.
 * `metadata` is authenticated and not part of what comes out.
 */
export async function seal(
  { kid, key, salt }: FrameKey,
  counter: bigint,
  plain: Bytes,
  metadata: Uint8Array,
): Promise<{ header: Bytes; sealed: Bytes }> {
  const header = encodeHeader({ kid, counter });
  const sealed = await crypto.subtle.encrypt(
    algorithm(salt, counter, header, metadata),
    key,
    plain,
  );
  return { header, sealed: new Uint8Array(sealed) };
}

/** What is behind `header`, opened; `null` when it was sealed otherwise (RFC 9605 section 4.4.4). */
export async function open(
  { key, salt }: FrameKey,
  header: Uint8Array,
  sealed: Bytes,
  metadata: Uint8Array,
): Promise<Bytes | null> {
  const counter = decodeHeader(header)?.header.counter;
  if (counter === undefined || sealed.length < TAG_LENGTH) return null;
  try {
    const plain = await crypto.subtle.decrypt(
      algorithm(salt, counter, header, metadata),
      key,
      sealed,
    );
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}

function algorithm(
  salt: Bytes,
  counter: bigint,
  header: Uint8Array,
  metadata: Uint8Array,
): AesGcmParams {
  return {
    name: "AES-GCM",
    iv: nonce(salt, counter),
    additionalData: concat(header, metadata),
    tagLength: 8 * TAG_LENGTH,
  };
}

/** The salt with the counter, in network byte order, mixed into its end. */
export function nonce(salt: Bytes, counter: bigint): Bytes {
  const mixed = salt.slice();
  const view = new DataView(mixed.buffer);
  const at = NONCE_LENGTH - 8;
  view.setBigUint64(at, view.getBigUint64(at) ^ counter);
  return mixed;
}

function label(text: string, kid: bigint): Bytes {
  const tail = new DataView(new ArrayBuffer(10));
  tail.setBigUint64(0, kid);
  tail.setUint16(8, SUITE);
  return concat(new TextEncoder().encode(text), new Uint8Array(tail.buffer));
}

/** HKDF of RFC 5869 with an empty salt: `Extract("", base)`, then `Expand` to `length` bytes. */
async function expand(base: CryptoKey, info: Bytes, length: number): Promise<Bytes> {
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, base, 8 * length));
}
