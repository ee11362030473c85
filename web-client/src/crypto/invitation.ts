// Invitations: what stands behind the `#` of a join link, and what is derived from it.
//
// The secret is made in the host's page and goes to the guest only. The server sees the SHA-256 of a token derived
// from it and later, from the guest's page, the token itself; neither tells the binding key.

import { fromBase64url, toBase64url } from "../base64url";
import type { LinkId, SessionId } from "../protocol";
import { type Bytes, concat, transcript, utf8 } from "./bytes";
import { derive, sha256 } from "./kdf";

/** The secret of one guest's link: 32 random bytes. */
export type Secret = Bytes;

export interface Invitation {
  readonly secret: Secret;
  /** Fingerprint of the host's identity; `null` in a link that the server made: not proof against the server. */
  readonly pinned: Bytes | null;
}

const SECRET_BYTES = 32;
const FINGERPRINT_BYTES = 32;

export function newSecret(): Secret {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

/** The fragment, without `#`. */
export function writeInvitation(secret: Secret, pinned: Bytes | null): string {
  return toBase64url(pinned === null ? secret : concat(secret, pinned));
}

/** `null` when the link was cut short or is not one of ours. */
export function readInvitation(fragment: string): Invitation | null {
  const bytes = fromBase64url(fragment);
  if (bytes?.length === SECRET_BYTES) return { secret: bytes, pinned: null };
  if (bytes?.length !== SECRET_BYTES + FINGERPRINT_BYTES) return null;
  return { secret: bytes.slice(0, SECRET_BYTES), pinned: bytes.slice(SECRET_BYTES) };
}

/** What the guest's page sends: HKDF(secret, "token"); base64url. */
export async function tokenOf(secret: Secret): Promise<string> {
  return toBase64url(await derive(secret, "token"));
}

/** What the server keeps: SHA-256 of the token's bytes; base64url. */
export async function tokenHashOf(secret: Secret): Promise<string> {
  return toBase64url(await sha256(await derive(secret, "token")));
}

/** Proves knowledge of the link at the knock: 32 bytes. */
export function bindKeyOf(secret: Secret): Promise<Bytes> {
  return derive(secret, "bind");
}

/** Under it the host seals what only the guest of this link may read: 32 bytes. */
export function shareKeyOf(secret: Secret): Promise<Bytes> {
  return derive(secret, "share");
}

/** The proof that a key package comes from the holder of the link: HMAC-SHA-256, 32 bytes. */
export async function bindPackage(
  bindKey: Bytes,
  packageRef: Bytes,
  session: SessionId,
  link: LinkId,
): Promise<Bytes> {
  const key = await hmacKey(bindKey, "sign");
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, knock(packageRef, session, link)));
}

export async function verifyBinding(
  bindKey: Bytes,
  packageRef: Bytes,
  session: SessionId,
  link: LinkId,
  binding: Bytes,
): Promise<boolean> {
  const key = await hmacKey(bindKey, "verify");
  return crypto.subtle.verify("HMAC", key, binding, knock(packageRef, session, link));
}

function knock(packageRef: Bytes, session: SessionId, link: LinkId): Bytes {
  return transcript("quietroom knock 1", packageRef, utf8(session), utf8(link));
}

function hmacKey(bytes: Bytes, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [use]);
}
