import type { Bytes } from "../../../../../../web-client/src/crypto/bytes";
import {
  type Drop,
  type Expected,
  openFrame as shipped,
} from "../../../../../../web-client/src/crypto/frames/opener";
import type { Codec } from "../../../../../../web-client/src/crypto/frames/prefix";
import type { KeyRing } from "../../../../../../web-client/src/crypto/frames/ring";
import { tellOpened } from "../../../opened";

export * from "../../../../../../web-client/src/crypto/frames/opener";

export async function openFrame(
  ring: KeyRing,
  frame: Bytes,
  codec: Codec,
  from: Expected | null,
): Promise<Bytes | Drop> {
  const opened = await shipped(ring, frame, codec, from);
  if (typeof opened !== "string" && from?.source === "camera") tellOpened(from.leaf);
  return opened;
}
