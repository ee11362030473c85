// What a leaf says of itself, and the authentication service (RFC 9420 section 5.3.1) that judges it.
//
// That a guest's words are true, the binding of its key package tells the one who adds it. That a device is staff,
// the signature of the staff identity tells everyone.

import type { Credential } from "ts-mls/credential.js";
import type { DeviceId, ParticipantId, SessionId } from "../protocol";
import { type Bytes, concat, copyOf, equal, field, Reader, transcript, utf8 } from "./bytes";
import { type StaffIdentity, signAs, verifyBy } from "./identity";
import { CryptoRefusal } from "./refusal";

/** What a leaf says of itself. */
export interface LeafIdentity {
  readonly device: DeviceId;
  readonly participant: ParticipantId;
  /** The name its person goes by; shown in the roster. At most 200 bytes. */
  readonly name: string;
  /** Of staff: their identity's public key (65 bytes) and its signature (64 bytes) over this leaf. */
  readonly staff: null | { readonly publicKey: Bytes; readonly signature: Bytes };
}

/** The basic credential (RFC 9420 section 5.3): version, device, participant, name, and the staff part or nothing. */
export function credentialOf(leaf: LeafIdentity): Credential {
  const staff =
    leaf.staff === null ? new Uint8Array() : concat(leaf.staff.publicKey, leaf.staff.signature);
  const identity = concat(
    VERSION,
    field(utf8(leaf.device)),
    field(utf8(leaf.participant)),
    field(utf8(leaf.name)),
    field(staff),
  );
  return { credentialType: "basic", identity };
}

/** Throws `CryptoRefusal` (`stranger`) when the credential is not of this form. */
export function leafIdentityOf(credential: Credential): LeafIdentity {
  if (credential.credentialType !== "basic" || !("identity" in credential)) throw stranger();
  try {
    return read(credential.identity);
  } catch {
    throw stranger();
  }
}

/** `null` when the credential is not of our form. */
export function deviceOf(credential: Credential): DeviceId | null {
  try {
    return leafIdentityOf(credential).device;
  } catch {
    return null;
  }
}

export function sameCredential(a: Credential, b: Credential): boolean {
  return "identity" in a && "identity" in b && equal(a.identity, b.identity);
}

/** The staff identity's word that a leaf of this session is its own device. */
export async function staffPart(
  identity: StaffIdentity,
  session: SessionId,
  device: DeviceId,
  leafKey: Uint8Array,
): Promise<{ publicKey: Bytes; signature: Bytes }> {
  const signature = await signAs(identity, staffTranscript(session, device, leafKey));
  return { publicKey: identity.publicKey, signature };
}

/** Throws `CryptoRefusal` (`stranger`): malformed, or a staff identity did not sign for this leaf in this session. */
export async function validateCredential(
  session: SessionId,
  credential: Credential,
  leafKey: Uint8Array,
): Promise<true> {
  const { device, staff } = leafIdentityOf(credential);
  if (staff === null) return true;
  const signed = staffTranscript(session, device, leafKey);
  if (!(await verifyBy(staff.publicKey, signed, staff.signature))) throw stranger();
  return true;
}

const VERSION = Uint8Array.of(1);
const PUBLIC_KEY_BYTES = 65;
const STAFF_BYTES = PUBLIC_KEY_BYTES + 64;
const LONGEST_ID_BYTES = 64;
const LONGEST_NAME_BYTES = 200;

function read(bytes: Uint8Array): LeafIdentity {
  const reader = new Reader(bytes);
  if (reader.take(1)[0] !== VERSION[0]) throw stranger();
  const [device, participant, name] = [reader.text(), reader.text(), reader.text()];
  const staff = reader.field();
  reader.end();
  for (const id of [device, participant]) {
    if (id === "" || utf8(id).length > LONGEST_ID_BYTES) throw stranger();
  }
  if (utf8(name).length > LONGEST_NAME_BYTES) throw stranger();
  if (staff.length !== 0 && staff.length !== STAFF_BYTES) throw stranger();
  return {
    device,
    participant,
    name,
    staff:
      staff.length === 0
        ? null
        : {
            publicKey: staff.slice(0, PUBLIC_KEY_BYTES),
            signature: staff.slice(PUBLIC_KEY_BYTES),
          },
  };
}

function staffTranscript(session: SessionId, device: DeviceId, leafKey: Uint8Array): Bytes {
  return transcript("quietroom staff leaf 1", utf8(session), utf8(device), copyOf(leafKey));
}

function stranger(): CryptoRefusal {
  return new CryptoRefusal("stranger");
}
