// The identity of a person of the staff: a key pair of the account that outlives browsers.
//
// It signs for the leaves of that person's devices and for the list of committers of their groups. Links pin it, so
// that a guest knows the host. The server keeps it wrapped under a code that it never sees.

import type { ParticipantId, Role, SessionId } from "../protocol";
import { aesKey, openWith, sealWith } from "./aead";
import { type Bytes, concat, field, Reader, transcript, utf8, wipe } from "./bytes";
import { derive, sha256 } from "./kdf";
import { newCode, readCode } from "./recovery-code";

export interface StaffIdentity {
  /** P-256, uncompressed (SEC 1 section 2.3.3): 65 bytes. */
  readonly publicKey: Bytes;
  /** ECDSA P-256 private key; cannot be exported. */
  readonly signingKey: CryptoKey;
  /** AES-256-GCM, for what only this person's devices may read; cannot be exported. */
  readonly sealingKey: CryptoKey;
}

/** What the host keeps of a seat's link, sealed at the server, so that each of its devices can verify the knock. */
export interface Seat {
  /** HKDF(link's secret, "bind"). */
  readonly bindKey: Bytes;
  /** HKDF(link's secret, "share"). */
  readonly shareKey: Bytes;
  readonly role: Role;
  readonly name: string;
}

/** A new identity; the code that opens it (shown once, kept by the person); what the server keeps. */
export async function makeIdentity(): Promise<{
  identity: StaffIdentity;
  code: string;
  wrapped: Bytes;
}> {
  const pair = await crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const signing = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const sealing = crypto.getRandomValues(new Uint8Array(32));
  const { code, secret } = newCode();
  const secrets = concat(field(signing), field(sealing));
  const key = await wrappingKey(secret);
  const wrapped = concat(VERSION, publicKey, await sealWith(key, secrets, aadOf(publicKey)));
  const identity = await identityOf(publicKey, signing, sealing);
  wipe(signing, sealing, secret, secrets);
  return { identity, code, wrapped };
}

/** `null`: not the code of this identity, or not a wrapped identity. */
export async function unwrapIdentity(wrapped: Bytes, code: string): Promise<StaffIdentity | null> {
  const secret = readCode(code);
  if (secret === null || wrapped[0] !== VERSION[0]) return null;
  const publicKey = wrapped.slice(1, 1 + PUBLIC_KEY_BYTES);
  const sealed = wrapped.slice(1 + PUBLIC_KEY_BYTES);
  const secrets = await openWith(await wrappingKey(secret), sealed, aadOf(publicKey));
  wipe(secret);
  if (secrets === null) return null;
  const reader = new Reader(secrets);
  const [signing, sealing] = [reader.field(), reader.field()];
  const identity = await identityOf(publicKey, signing, sealing);
  wipe(signing, sealing, secrets);
  return identity;
}

/** What links pin: SHA-256 of the public key; 32 bytes. */
export function fingerprintOf(publicKey: Bytes): Promise<Bytes> {
  return sha256(publicKey);
}

/** ECDSA P-256 with SHA-256 over a transcript; 64 bytes (r, s). */
export async function signAs(identity: StaffIdentity, signed: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(ECDSA, identity.signingKey, signed));
}

/** `false` also when the public key is none. */
export async function verifyBy(publicKey: Bytes, signed: Bytes, signature: Bytes) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, EC, false, ["verify"]);
    return await crypto.subtle.verify(ECDSA, key, signature, signed);
  } catch {
    return false;
  }
}

/** Seals a seat for this person's own devices, bound to its session and participant. */
export function sealSeat(
  identity: StaffIdentity,
  session: SessionId,
  participant: ParticipantId,
  seat: Seat,
): Promise<Bytes> {
  const plain = concat(
    field(seat.bindKey),
    field(seat.shareKey),
    field(utf8(seat.role)),
    field(utf8(seat.name)),
  );
  return sealWith(identity.sealingKey, plain, seatAad(session, participant));
}

/** `null`: sealed by another identity, or for another seat. */
export async function openSeat(
  identity: StaffIdentity,
  session: SessionId,
  participant: ParticipantId,
  sealed: Bytes,
): Promise<Seat | null> {
  const plain = await openWith(identity.sealingKey, sealed, seatAad(session, participant));
  if (plain === null) return null;
  const reader = new Reader(plain);
  const seat = {
    bindKey: reader.field(),
    shareKey: reader.field(),
    role: reader.text() as Role,
    name: reader.text(),
  };
  reader.end();
  return seat;
}

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const ECDSA = { name: "ECDSA", hash: "SHA-256" } as const;
const PUBLIC_KEY_BYTES = 65;
const VERSION = Uint8Array.of(1);

// The code is 130 random bits: HKDF suffices, there is no password to stretch.
async function wrappingKey(secret: Bytes): Promise<CryptoKey> {
  return aesKey(await derive(secret, "quietroom identity wrapping 1"));
}

function aadOf(publicKey: Bytes): Bytes {
  return transcript("quietroom identity 1", publicKey);
}

function seatAad(session: SessionId, participant: ParticipantId): Bytes {
  return transcript("quietroom seat 1", utf8(session), utf8(participant));
}

async function identityOf(publicKey: Bytes, signing: Bytes, sealing: Bytes) {
  const signingKey = await crypto.subtle.importKey("pkcs8", signing, EC, false, ["sign"]);
  return { publicKey, signingKey, sealingKey: await aesKey(sealing) };
}
