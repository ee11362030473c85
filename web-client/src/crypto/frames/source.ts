import type { Source } from "../../protocol";
import { type Bytes, concat } from "../bytes";

const CODES: Record<Source, number> = { microphone: 0, camera: 1, screen: 2 };

/** Metadata of a frame: its clear prefix and what it comes from, so that none passes for another. */
export function metadataOf(prefix: Uint8Array, source: Source): Bytes {
  return concat(prefix, Uint8Array.of(CODES[source]));
}
