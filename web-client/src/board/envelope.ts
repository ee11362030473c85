// How what is written on a board is sealed. Inside the seal stands which board it is for and what it is, so that
// the server cannot hand it on as something else; who wrote it is associated data of the seal.

import { type Bytes, concat } from "../crypto/bytes";
import type { ContentKeys } from "../crypto/content";
import { CryptoRefusal, orUnreadable } from "../crypto/refusal";
import type { DeviceId, Scope } from "../protocol";
import { deflate, inflate } from "./deflate";
import { VarintReader, VarintWriter } from "./varint";

export type What =
  | { readonly is: "entry" }
  | { readonly is: "stroke" }
  /** The whole scene, with every entry up to this one in it. */
  | { readonly is: "snapshot"; readonly upto: number };

/** Where it belongs, and who wrote it. */
export interface Place {
  readonly scope: Scope;
  /** 1, 2, 3. */
  readonly board: number;
  readonly author: DeviceId;
}

/** `null`: there is no key yet. */
export async function seal(
  keys: ContentKeys,
  place: Place,
  what: What,
  body: Bytes,
): Promise<Bytes | null> {
  const small = body.length < WORTH_DEFLATING ? body : await deflate(body);
  const deflated = small.length < body.length;
  const plain = concat(head(place, what, deflated), deflated ? small : body);
  return keys.encrypt(plain, place.author, place.scope);
}

/**
 * Throws `CryptoRefusal` (`unreadable`): sealed with a key not known, by another author, for another place or as
 * something else, or tampered with.
 */
export async function open(
  keys: ContentKeys,
  place: Place,
  what: What,
  sealed: Bytes,
): Promise<Bytes> {
  const plain = await keys.decrypt(sealed, place.author, place.scope);
  return orUnreadable(async () => {
    const reader = new VarintReader(plain);
    const [format, kind, board] = [reader.byte(), reader.byte(), reader.count()];
    const upto = kind === KINDS.snapshot ? reader.count() : null;
    const expected = what.is === "snapshot" ? what.upto : null;
    const deflated = reader.byte();
    const right =
      format === FORMAT && kind === KINDS[what.is] && board === place.board && upto === expected;
    if (!right || deflated > 1) throw new CryptoRefusal("unreadable");
    const body = plain.slice(plain.length - reader.left);
    return deflated === 1 ? inflate(body, MOST_INFLATED[what.is]) : body;
  });
}

const FORMAT = 1;
const KINDS = { entry: 1, stroke: 2, snapshot: 3 } as const;
/** Bytes. */
const WORTH_DEFLATING = 200;
/** Bytes: what a page takes from one of the others at most, however small it came. */
const MOST_INFLATED = { entry: 1 << 20, stroke: 1 << 16, snapshot: 16 << 20 } as const;

function head({ board }: Place, what: What, deflated: boolean): Bytes {
  const writer = new VarintWriter().byte(FORMAT).byte(KINDS[what.is]).count(board);
  if (what.is === "snapshot") writer.count(what.upto);
  return writer.byte(deflated ? 1 : 0).done();
}
