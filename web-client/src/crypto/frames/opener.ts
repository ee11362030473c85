import type { Source } from "../../protocol";
import { type Bytes, concat } from "../bytes";
import { decodeHeader } from "./header";
import { decodeKid } from "./kid";
import { type Codec, clearPrefix } from "./prefix";
import type { KeyRing } from "./ring";
import { open, TAG_LENGTH } from "./sframe";
import { metadataOf } from "./source";

/**
 * Why a frame is not played. `plain`: it is not sealed as ours are. `no_key`: its epoch is not held,
 * yet or any more. `wrong_sender`: somebody else than who is expected, or nobody is.
 */
export type Drop = "plain" | "no_key" | "tampered" | "replayed" | "wrong_sender";

export const DROPS: readonly Drop[] = ["plain", "no_key", "tampered", "replayed", "wrong_sender"];

/** Who is to be heard or seen, and by what. */
export interface Expected {
  leaf: number;
  source: Source;
}

/** The frame as it was before it was sealed, or why there is none. */
export async function openFrame(
  ring: KeyRing,
  frame: Bytes,
  codec: Codec,
  from: Expected | null,
): Promise<Bytes | Drop> {
  if (!from) return "wrong_sender";
  const clear = clearPrefix(codec, frame);
  const decoded = decodeHeader(frame, clear);
  const id = decoded && decodeKid(decoded.header.kid);
  if (!id || frame.length < clear + decoded.length + TAG_LENGTH) return "plain";
  if (id.leaf !== from.leaf) return "wrong_sender";
  const { counter } = decoded.header;
  if (!ring.isNew(id, counter)) return "replayed";
  const key = await ring.key(id);
  if (!key) return "no_key";
  const prefix = frame.subarray(0, clear);
  const behind = clear + decoded.length;
  const plain = await open(
    key,
    frame.subarray(clear, behind),
    frame.subarray(behind),
    metadataOf(prefix, from.source),
  );
  if (!plain) return "tampered";
  if (!ring.accept(id, key, counter)) return "replayed";
  return concat(prefix, plain);
}
