// AES-GCM with a random nonce in front, for things that are sealed seldom: far below the 2^32 uses of one key
// that NIST SP 800-38D section 8.3 allows.

import { type Bytes, concat } from "./bytes";

const NONCE_BYTES = 12;

/** A key of AES-GCM: AES-128 or AES-256 by its length; cannot be exported. */
export function aesKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Nonce (12 bytes), ciphertext and tag (16 bytes). */
export async function sealWith(
  key: CryptoKey,
  plain: Bytes,
  associatedData: Bytes,
): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: associatedData };
  return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain)));
}

/** `null`: another key, other associated data, or tampered with. */
export async function openWith(
  key: CryptoKey,
  sealed: Bytes,
  associatedData: Bytes,
): Promise<Bytes | null> {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: associatedData };
  try {
    const plain = await crypto.subtle.decrypt(parameters, key, sealed.subarray(NONCE_BYTES));
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}
