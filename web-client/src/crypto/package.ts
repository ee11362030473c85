// Key packages: what a device hands to the server so that a committer can add it.

import type { Credential } from "ts-mls/credential.js";
import type { KeyPackage, PrivateKeyPackage } from "ts-mls/keyPackage.js";
import {
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  verifyKeyPackage,
} from "ts-mls/keyPackage.js";
import { type LeafNode, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import type { DeviceId, ParticipantId, SessionId } from "../protocol";
import { type Bytes, concat, copyOf, equal, field, Reader } from "./bytes";
import { credentialOf, leafIdentityOf, staffPart, validateCredential } from "./credential";
import type { StaffIdentity } from "./identity";
import { CryptoRefusal } from "./refusal";
import { CAPABILITIES, LIFETIME, suite } from "./suite";

/** A key package of this device: what it gives away, what it keeps, and its reference (RFC 9420 section 5.2). */
export interface OwnPackage {
  readonly publicBytes: Bytes;
  readonly secretBytes: Bytes;
  /** 32 bytes. */
  readonly ref: Bytes;
}

/** A key package of another device, read and verified. Whose it is in truth, only its binding tells. */
export interface OpenedPackage {
  readonly ref: Bytes;
  readonly device: DeviceId;
  readonly participant: ParticipantId;
  readonly name: string;
  /** The public key of the staff identity that signed for it. */
  readonly staff: Bytes | null;
  readonly bytes: Bytes;
}

/** Makes a key package. A device that is to be added a second time makes a new one. */
export async function makePackage(who: {
  session: SessionId;
  device: DeviceId;
  participant: ParticipantId;
  name: string;
  identity: StaffIdentity | null;
}): Promise<OwnPackage> {
  const cs = await suite();
  const keys = await cs.signature.keygen();
  const { session, device, participant, name, identity } = who;
  const staff =
    identity === null ? null : await staffPart(identity, session, device, keys.publicKey);
  const credential = credentialOf({ device, participant, name, staff });
  leafIdentityOf(credential);
  return packageWith(credential, keys);
}

/** A key package of a leaf with these keys that says this of itself, true or not. */
export async function packageWith(
  credential: Credential,
  keys: { signKey: Uint8Array; publicKey: Uint8Array },
): Promise<OwnPackage> {
  const cs = await suite();
  const made = await generateKeyPackageWithKey(credential, CAPABILITIES, LIFETIME, [], keys, cs);
  return {
    publicBytes: encodePackage(made.publicPackage),
    secretBytes: concat(
      field(made.privatePackage.initPrivateKey),
      field(made.privatePackage.hpkePrivateKey),
      field(made.privatePackage.signaturePrivateKey),
    ),
    ref: copyOf(await makeKeyPackageRef(made.publicPackage, cs.hash)),
  };
}

/** Throws `CryptoRefusal`: `unreadable`, or `stranger` when it does not properly say whose it is. */
export async function readPackage(bytes: Bytes, session: SessionId): Promise<OpenedPackage> {
  const cs = await suite();
  const keyPackage = decodePackage(bytes);
  const { leafNode } = keyPackage;
  const { device, participant, name, staff } = leafIdentityOf(leafNode.credential);
  await validateCredential(session, leafNode.credential, leafNode.signaturePublicKey);
  const isSound =
    keyPackage.cipherSuite === cs.name &&
    keyPackage.extensions.length === 0 &&
    isUsable(leafNode) &&
    !equal(keyPackage.initKey, leafNode.hpkePublicKey) &&
    (await holds(() => verifyLeafNodeSignatureKeyPackage(leafNode, cs.signature))) &&
    (await holds(() => verifyKeyPackage(keyPackage, cs.signature))) &&
    (await holds(() => canBeSealedTo(keyPackage.initKey))) &&
    (await holds(() => canBeSealedTo(leafNode.hpkePublicKey)));
  if (!isSound) throw new CryptoRefusal("unreadable");
  const ref = copyOf(await makeKeyPackageRef(keyPackage, cs.hash));
  return { ref, device, participant, name, staff: staff?.publicKey ?? null, bytes };
}

/** Whether a leaf can be in our groups: a guest's odd one would keep everyone else from joining. */
export function isUsable(leaf: LeafNode): boolean {
  const { versions, ciphersuites, extensions, credentials } = leaf.capabilities;
  return (
    leaf.extensions.length === 0 &&
    CAPABILITIES.versions.every((one) => versions.includes(one)) &&
    CAPABILITIES.ciphersuites.every((one) => ciphersuites.includes(one)) &&
    CAPABILITIES.extensions.every((one) => extensions.includes(one)) &&
    CAPABILITIES.credentials.every((one) => credentials.includes(one))
  );
}

/** The key package in its message. Throws `CryptoRefusal` (`unreadable`). */
export function decodePackage(bytes: Bytes): KeyPackage {
  const [message, end] = decodeSafely(bytes);
  if (message.wireformat !== "mls_key_package" || end !== bytes.length) {
    throw new CryptoRefusal("unreadable");
  }
  return message.keyPackage;
}

/** Throws `RangeError` when the bytes are not those of an own package. */
export function secretsOf(own: OwnPackage): PrivateKeyPackage {
  const reader = new Reader(own.secretBytes);
  const secrets = {
    initPrivateKey: reader.field(),
    hpkePrivateKey: reader.field(),
    signaturePrivateKey: reader.field(),
  };
  reader.end();
  return secrets;
}

/** Any MLS message and where it ends. Throws `CryptoRefusal` (`unreadable`). */
export function decodeSafely(bytes: Bytes) {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    if (decoded !== undefined) return decoded;
  } catch {
    // As below: what cannot be decoded is no message.
  }
  throw new CryptoRefusal("unreadable");
}

function encodePackage(keyPackage: KeyPackage): Bytes {
  return copyOf(encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }));
}

// A key that nothing can be encrypted to would keep the group from every later removal.
async function canBeSealedTo(publicKey: Uint8Array): Promise<boolean> {
  const { hpke } = await suite();
  const key = await hpke.importPublicKey(publicKey);
  await hpke.seal(key, new Uint8Array(1), new Uint8Array());
  return true;
}

// Web Crypto throws for public keys that are none.
async function holds(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}
