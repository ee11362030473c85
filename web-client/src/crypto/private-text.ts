// Texts for the facilitators only. They travel as every message of the group does, and inside it they are sealed once
// more: the text under a key of its own, that key by HPKE to the leaf of each device that is meant.

import { aesKey, openWith, sealWith } from "./aead";
import { type Bytes, concat, field, Reader, transcript, uint32, utf8, wipe } from "./bytes";
import { encodeText, type PrivateText, readText, type TextMessage } from "./content";
import type { Group, Member } from "./group";
import { paddedLength } from "./padding";
import { CryptoRefusal } from "./refusal";

/** Those besides `self` who read a text of `self` to the facilitators: they, and the author's other devices. */
export function readersOf(self: Member, members: readonly Member[]): Member[] {
  return members.filter((member) => member.device !== self.device && mayRead(member, self));
}

/**
 * Seals a text of this device in the group's present epoch. Throws `CryptoRefusal` (`stranger`) when no facilitator
 * besides its author is in the group, `RangeError` when it is no text.
 */
export async function sealPrivately(
  group: Group,
  text: Omit<TextMessage, "type">,
): Promise<PrivateText> {
  const { self } = group;
  const readers = readersOf(self, group.members);
  if (!readers.some((one) => one.participant !== self.participant)) {
    throw new CryptoRefusal("stranger");
  }
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const binding = bindingOf(group, self);
  const body = await sealWith(await aesKey(key), padded(encodeText(text)), binding);
  const keys = await Promise.all(
    readers.map(async ({ device }) => ({
      to: device,
      sealed: await group.sealTo(device, LABEL, bindingOf(group, self, device), key),
    })),
  );
  wipe(key);
  return { type: "private_text", body, keys };
}

/**
 * Opens a text that `from` sent in the group's present epoch. `null`: this device is not meant, whatever the text says.
 * Throws `CryptoRefusal` (`unreadable`): tampered with, by another author, or of another group or epoch.
 */
export async function openPrivately(
  group: Group,
  from: Member,
  { body, keys }: PrivateText,
): Promise<TextMessage | null> {
  const { self } = group;
  const own = keys.find(({ to }) => to === self.device);
  if (own === undefined || !mayRead(self, from)) return null;
  const key = await group.openOwn(own.sealed, LABEL, bindingOf(group, from, self.device));
  if (key.length !== KEY_BYTES) throw new CryptoRefusal("unreadable");
  const plain = await openWith(await aesKey(key), body, bindingOf(group, from));
  wipe(key);
  if (plain === null) throw new CryptoRefusal("unreadable");
  return unpadded(plain);
}

const LABEL = "quietroom private text 1";
const KEY_BYTES = 16;

function mayRead(reader: Member, author: Member): boolean {
  return reader.mayCommit || reader.participant === author.participant;
}

/** What a text, and with a reader its key, hangs on. */
function bindingOf({ id, at }: Group, author: Member, reader?: string): Bytes {
  const fields = [id, uint32(at.epoch), utf8(author.device)];
  return transcript(LABEL, ...fields, ...(reader === undefined ? [] : [utf8(reader)]));
}

/** The members who cannot open it see how long it is: no more than the order of the length. */
function padded(text: Bytes): Bytes {
  const framed = field(text);
  return concat(framed, new Uint8Array(paddedLength(framed.length) - framed.length));
}

function unpadded(plain: Bytes): TextMessage {
  try {
    const reader = new Reader(new Reader(plain).field());
    const text = readText(reader);
    reader.end();
    return text;
  } catch {
    throw new CryptoRefusal("unreadable");
  }
}
