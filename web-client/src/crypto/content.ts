import type { DeviceId, LinkId, ParticipantId, Role } from "../protocol";
import type { Bytes } from "./bytes";
import type { Scope } from "./group";

/** What members send each other inside the group. */
export type ContentMessage =
  | {
      readonly type: "content_key";
      readonly keyId: number;
      /** 16 bytes. */
      readonly key: Bytes;
      /** The epoch it was made in. */
      readonly since: number;
    }
  | { readonly type: "seats"; readonly to: DeviceId; readonly sealed: Bytes }
  | { readonly type: "text"; readonly text: string };

/** What verifies a knock by the link of a seat, shared with a co-facilitator. */
export interface SharedSeat {
  readonly participant: ParticipantId;
  readonly link: LinkId;
  readonly role: Role;
  readonly bindKey: Bytes;
}

export function encodeContent(_message: ContentMessage): Bytes {
  throw new Error("not built yet");
}

/** Throws `CryptoRefusal` (`unreadable`). */
export function decodeContent(_bytes: Bytes): ContentMessage {
  throw new Error("not built yet");
}

/** For the co-facilitator's device only: under the share key of its own link. */
export async function sealSeats(
  _shareKey: Bytes,
  _to: DeviceId,
  _seats: readonly SharedSeat[],
): Promise<Bytes> {
  throw new Error("not built yet");
}

/** `null`: not sealed with this key for this device. */
export async function openSeats(
  _shareKey: Bytes,
  _to: DeviceId,
  _sealed: Bytes,
): Promise<readonly SharedSeat[] | null> {
  throw new Error("not built yet");
}

/** The content keys that this device knows; a value. */
export class ContentKeys {
  static readonly none = new ContentKeys();

  /** The next key to be sent, with a new number. */
  static make(_keys: ContentKeys, _since: number): ContentMessage & { type: "content_key" } {
    throw new Error("not built yet");
  }

  with(_message: ContentMessage & { type: "content_key" }): ContentKeys {
    throw new Error("not built yet");
  }

  /** With the newest key. `null` when there is none yet. */
  async encrypt(_entry: Bytes, _author: DeviceId, _scope: Scope): Promise<Bytes | null> {
    throw new Error("not built yet");
  }

  /** Throws `CryptoRefusal` (`unreadable`). */
  async decrypt(_sealed: Bytes, _author: DeviceId, _scope: Scope): Promise<Bytes> {
    throw new Error("not built yet");
  }
}
