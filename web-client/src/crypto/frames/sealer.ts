import type { GroupEpoch, Source } from "../../protocol";
import { type Bytes, concat } from "../bytes";
import { encodeKid, tagOf } from "./kid";
import { type Codec, clearPrefix } from "./prefix";
import { deriveKey, type FrameKey, seal } from "./sframe";
import { metadataOf } from "./source";

/**
 * Seals what a page sends. One counter for all tracks and layers, never set back, also when an
 * epoch comes again; with the generation in the key, no key ever sees a counter twice.
 */
export class Sealer {
  private readonly generation: number;
  private counter = 0n;
  private current: FrameKey | null = null;
  private switches = 0;

  /** `generation`: 32 random bits, drawn anew for each sealer. */
  constructor(generation: number) {
    this.generation = generation;
  }

  /**
   * Seals with the key of this leaf and epoch once it is derived, with the one before until then.
   * The newest call counts. Without a base, or when it cannot be derived from, nothing is sealed.
   */
  async use(base: Promise<CryptoKey> | null, at: GroupEpoch, leaf: number): Promise<void> {
    this.switches += 1;
    const mine = this.switches;
    if (!base) {
      this.current = null;
      return;
    }
    let key: FrameKey | null = null;
    try {
      const kid = encodeKid({ tag: tagOf(at), leaf, generation: this.generation });
      key = await deriveKey(await base, kid);
    } finally {
      if (mine === this.switches) this.current = key;
    }
  }

  /** Clear prefix, header, ciphertext and tag; `null` while there is no key, or nothing to seal. */
  async seal(frame: Bytes, codec: Codec, source: Source): Promise<Bytes | null> {
    const key = this.current;
    const clear = clearPrefix(codec, frame);
    if (!key || frame.length === 0 || frame.length < clear) return null;
    const counter = this.counter;
    this.counter += 1n;
    const prefix = frame.subarray(0, clear);
    const { header, sealed } = await seal(
      key,
      counter,
      frame.subarray(clear),
      metadataOf(prefix, source),
    );
    return concat(prefix, header, sealed);
  }
}
