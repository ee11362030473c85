import type { DeviceId, ParticipantId, SessionId } from "../protocol";
import type { Bytes } from "./bytes";
import type { StaffIdentity } from "./identity";
import type { OpenedPackage, OwnPackage } from "./package";

/** Audience scope. */
export type Scope = "session";

/** An epoch of one group of a scope. */
export interface GroupEpoch {
  readonly scope: Scope;
  readonly group: number;
  readonly epoch: number;
}

/** Which group: 1, 2, 3 in a scope of a session. */
export interface GroupName {
  readonly session: SessionId;
  readonly scope: Scope;
  readonly group: number;
}

export interface Member {
  readonly device: DeviceId;
  readonly participant: ParticipantId;
  readonly name: string;
  readonly leaf: number;
  readonly staff: Bytes | null;
  readonly mayCommit: boolean;
}

export interface Change {
  readonly add: readonly OpenedPackage[];
  readonly remove: readonly DeviceId[];
  /** Devices that may commit from now on; only with the host's identity. */
  readonly name?: readonly DeviceId[];
}

/** Whose group it must be: the link's fingerprint (`null`: any host's), or the identity known from before. */
export type ExpectedHost = { readonly pinned: Bytes | null } | { readonly identity: Bytes };

/** A value: every operation returns the next one, the old one stays valid. */
export class Group {
  readonly at: GroupEpoch;
  readonly self: Member;
  readonly members: readonly Member[];
  readonly host: Bytes;

  private constructor(at: GroupEpoch, self: Member, members: readonly Member[], host: Bytes) {
    this.at = at;
    this.self = self;
    this.members = members;
    this.host = host;
  }

  static async start(_own: OwnPackage, _identity: StaffIdentity, _name: GroupName): Promise<Group> {
    throw new Error("not built yet");
  }

  /** Throws `CryptoRefusal`. */
  static async join(
    _welcome: Bytes,
    _own: OwnPackage,
    _name: GroupName,
    _expect: ExpectedHost,
  ): Promise<Group> {
    throw new Error("not built yet");
  }

  static async restore(_bytes: Bytes): Promise<Group> {
    throw new Error("not built yet");
  }

  async serialize(): Promise<Bytes> {
    throw new Error("not built yet");
  }

  /** The state after a change, and what to send; this value stays as it is. */
  async commit(
    _change: Change,
    _identity: StaffIdentity | null,
  ): Promise<{ next: Group; commit: Bytes; welcome: Bytes | null }> {
    throw new Error("not built yet");
  }

  /** Throws `CryptoRefusal`; this value stays as it is. */
  async receiveCommit(_commit: Bytes): Promise<Group> {
    throw new Error("not built yet");
  }

  async seal(_message: Bytes): Promise<{ next: Group; sealed: Bytes }> {
    throw new Error("not built yet");
  }

  /** Messages of this and the last few epochs. Own messages cannot be opened: they are `replayed`. */
  async open(_sealed: Bytes): Promise<{ next: Group; from: DeviceId; message: Bytes }> {
    throw new Error("not built yet");
  }

  /**
   * Erases the secrets that the steps up to this value have used up. Values before it cannot be used any more:
   * call it when this one is kept for good.
   */
  forgetPast(): void {}

  /** 16 bytes, RFC 9605 section 5.2. */
  async frameKey(): Promise<Bytes> {
    throw new Error("not built yet");
  }

  /** 20 digits; the same for all members, another one in each epoch. */
  async safetyCode(): Promise<string> {
    throw new Error("not built yet");
  }
}
