// What members send each other inside the group, and the keys of content that lies outside of it.

import { fromBase64url, toBase64url } from "../base64url";
import type { DeviceId, LinkId, ParticipantId, Role, Scope } from "../protocol";
import { aesKey, openWith, sealWith } from "./aead";
import { type Bytes, concat, field, Reader, transcript, uint32, utf8 } from "./bytes";
import { CryptoRefusal } from "./refusal";

export type ContentMessage =
  | ContentKey
  | { readonly type: "seats"; readonly to: DeviceId; readonly sealed: Bytes }
  | TextMessage
  | PrivateText;

/** A text to everyone. */
export interface TextMessage {
  readonly type: "text";
  /** 16 random bytes in base64url: said once more, a text is still the same one. */
  readonly id: string;
  /** 1 to `MOST_CHARACTERS` characters. */
  readonly text: string;
}

/** A text that only some members can open: `private-text.ts`. */
export interface PrivateText {
  readonly type: "private_text";
  /** The text under a key of its own: nonce, ciphertext and tag of AES-128-GCM. */
  readonly body: Bytes;
  /** That key, sealed to the leaf of each device that is meant. */
  readonly keys: readonly { readonly to: DeviceId; readonly sealed: Bytes }[];
}

/** Length of a text at most, in characters (code points). */
export const MOST_CHARACTERS = 2_000;

export function newTextId(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(TEXT_ID_BYTES)));
}

/** A key for chat and board: made by the host, sent after each add, another one after each removal. */
export interface ContentKey {
  readonly type: "content_key";
  /** 1, 2, 3. */
  readonly keyId: number;
  /** 16 bytes. */
  readonly key: Bytes;
  /** The epoch it was made in. */
  readonly since: number;
}

/** What verifies a knock by the link of a seat, shared with a co-facilitator. */
export interface SharedSeat {
  readonly participant: ParticipantId;
  readonly link: LinkId;
  readonly role: Role;
  readonly bindKey: Bytes;
}

/** Throws `RangeError` when a text or its id is none. */
export function encodeContent(message: ContentMessage): Bytes {
  switch (message.type) {
    case "content_key":
      return concat(kind(1), uint32(message.keyId), uint32(message.since), field(message.key));
    case "seats":
      return concat(kind(2), field(utf8(message.to)), field(message.sealed));
    case "text":
      return concat(kind(3), encodeText(message));
    case "private_text":
      return concat(
        kind(4),
        PRIVATE_FORMAT,
        field(message.body),
        ...message.keys.flatMap(({ to, sealed }) => [field(utf8(to)), field(sealed)]),
      );
  }
}

/** Throws `CryptoRefusal` (`unreadable`). */
export function decodeContent(bytes: Bytes): ContentMessage {
  try {
    const reader = new Reader(bytes);
    const message = readMessage(reader);
    reader.end();
    return message;
  } catch {
    throw new CryptoRefusal("unreadable");
  }
}

/** Id and text, as in the messages of both kinds. Throws `RangeError` when one of them is none. */
export function encodeText({ id, text }: Omit<TextMessage, "type">): Bytes {
  const bytes = fromBase64url(id);
  if (bytes?.length !== TEXT_ID_BYTES) throw new RangeError("the id of a text has 16 bytes");
  mustBeText(text);
  return concat(bytes, field(utf8(text)));
}

/** Reads what `encodeText` wrote; throws `RangeError` or `TypeError` when it is none. */
export function readText(reader: Reader): TextMessage {
  const [id, text] = [toBase64url(reader.take(TEXT_ID_BYTES)), reader.text()];
  mustBeText(text);
  return { type: "text", id, text };
}

/** Binding keys for a co-facilitator's device only: under the share key of its own link. */
export async function sealSeats(
  shareKey: Bytes,
  to: DeviceId,
  seats: readonly SharedSeat[],
): Promise<Bytes> {
  const plain = concat(
    ...seats.flatMap(({ participant, link, role, bindKey }) => [
      field(utf8(participant)),
      field(utf8(link)),
      field(utf8(role)),
      field(bindKey),
    ]),
  );
  return sealWith(await aesKey(shareKey), plain, seatsAad(to));
}

/** `null`: not sealed with this key for this device. */
export async function openSeats(
  shareKey: Bytes,
  to: DeviceId,
  sealed: Bytes,
): Promise<readonly SharedSeat[] | null> {
  const plain = await openWith(await aesKey(shareKey), sealed, seatsAad(to));
  if (plain === null) return null;
  const reader = new Reader(plain);
  const seats: SharedSeat[] = [];
  while (reader.left > 0) {
    seats.push({
      participant: reader.text(),
      link: reader.text(),
      role: reader.text() as Role,
      bindKey: reader.field(),
    });
  }
  return seats;
}

/** The content keys that this device knows; a value. */
export class ContentKeys {
  static readonly none = new ContentKeys([]);
  readonly #keys: readonly ContentKey[];

  private constructor(keys: readonly ContentKey[]) {
    this.#keys = keys;
  }

  /** The newest key. */
  get newest(): ContentKey | null {
    return this.#keys.at(-1) ?? null;
  }

  /** A key to come after these, to be sent in the group; `since` is the epoch it is made in. */
  static make(keys: ContentKeys, since: number): ContentKey {
    const key = crypto.getRandomValues(new Uint8Array(CONTENT_KEY_BYTES));
    return { type: "content_key", keyId: (keys.newest?.keyId ?? 0) + 1, key, since };
  }

  /** With a key that the host sent. One with a number that is known already changes nothing. */
  with(key: ContentKey): ContentKeys {
    if (this.#keys.some(({ keyId }) => keyId === key.keyId)) return this;
    return new ContentKeys([...this.#keys, key].sort((a, b) => a.keyId - b.keyId));
  }

  /** Whether the key is known that the entry says it is under. */
  knows(sealed: Bytes): boolean {
    if (sealed.length < 4) return false;
    const keyId = new Reader(sealed).uint32();
    return this.#keys.some((key) => key.keyId === keyId);
  }

  /** The entry under the newest key: number of the key, nonce, ciphertext and tag. `null`: there is no key yet. */
  async encrypt(entry: Bytes, author: DeviceId, scope: Scope): Promise<Bytes | null> {
    const { newest } = this;
    if (newest === null) return null;
    const aad = entryAad(newest.keyId, author, scope);
    return concat(uint32(newest.keyId), await sealWith(await aesKey(newest.key), entry, aad));
  }

  /** Throws `CryptoRefusal` (`unreadable`): a key not known, another author or scope, or tampered with. */
  async decrypt(sealed: Bytes, author: DeviceId, scope: Scope): Promise<Bytes> {
    if (sealed.length < 4) throw new CryptoRefusal("unreadable");
    const keyId = new Reader(sealed).uint32();
    const known = this.#keys.find((key) => key.keyId === keyId);
    if (known === undefined) throw new CryptoRefusal("unreadable");
    const aad = entryAad(keyId, author, scope);
    const entry = await openWith(await aesKey(known.key), sealed.slice(4), aad);
    if (entry === null) throw new CryptoRefusal("unreadable");
    return entry;
  }
}

const CONTENT_KEY_BYTES = 16;
const TEXT_ID_BYTES = 16;
/** Of private texts. Another one is refused, not guessed at. */
const PRIVATE_FORMAT = Uint8Array.of(1);

function kind(number: number): Bytes {
  return Uint8Array.of(number);
}

function readMessage(reader: Reader): ContentMessage {
  switch (reader.take(1)[0]) {
    case 1: {
      const [keyId, since, key] = [reader.uint32(), reader.uint32(), reader.field()];
      if (key.length !== CONTENT_KEY_BYTES) throw new RangeError("a content key has 16 bytes");
      return { type: "content_key", keyId, key, since };
    }
    case 2:
      return { type: "seats", to: reader.text(), sealed: reader.field() };
    case 3:
      return readText(reader);
    case 4:
      return readPrivateText(reader);
    default:
      throw new RangeError("not a kind of message");
  }
}

function readPrivateText(reader: Reader): PrivateText {
  if (reader.take(1)[0] !== PRIVATE_FORMAT[0]) throw new RangeError("not a known format");
  const body = reader.field();
  const keys: { to: DeviceId; sealed: Bytes }[] = [];
  while (reader.left > 0) keys.push({ to: reader.text(), sealed: reader.field() });
  return { type: "private_text", body, keys };
}

function mustBeText(text: string): void {
  // No string has fewer code units than code points, so most need no counting.
  const tooLong = text.length > MOST_CHARACTERS && [...text].length > MOST_CHARACTERS;
  if (tooLong || text.trim() === "") throw new RangeError("not a text");
}

function seatsAad(to: DeviceId): Bytes {
  return transcript("quietroom shared seats 1", utf8(to));
}

function entryAad(keyId: number, author: DeviceId, scope: Scope): Bytes {
  return transcript("quietroom content 1", uint32(keyId), utf8(author), utf8(scope));
}
