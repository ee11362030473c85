import type { DeviceId, ParticipantId, SessionId } from "../protocol";
import type { Bytes } from "./bytes";
import type { StaffIdentity } from "./identity";

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
export async function makePackage(_who: {
  session: SessionId;
  device: DeviceId;
  participant: ParticipantId;
  name: string;
  identity: StaffIdentity | null;
}): Promise<OwnPackage> {
  throw new Error("not built yet");
}

/** Throws `CryptoRefusal`: `unreadable`, or `stranger` when it does not properly say whose it is. */
export async function readPackage(_bytes: Bytes, _session: SessionId): Promise<OpenedPackage> {
  throw new Error("not built yet");
}
