import type { GroupEpoch } from "../../protocol";
import type { Bytes } from "../bytes";
import { encodeKid, type KeyId, tagOf } from "./kid";
import { ReplayWindow } from "./replay";
import { deriveKey, type FrameKey, importBase } from "./sframe";

/** Epochs whose frames can be opened: what is under way when keys change is not lost. */
export const EPOCHS_KEPT = 4;
/** Page loads of one leaf whose keys are held at a time. */
export const GENERATIONS_HELD = 4;
/** Page loads of one leaf that an epoch knows of at all; further ones are refused. */
export const GENERATIONS_KNOWN = 512;

/**
 * Keys to open frames with. A sender's key is derived when its first frame comes and kept once a
 * frame was authentic under it: what a stranger makes up takes no room and pushes nothing out.
 */
export class KeyRing {
  /** By the tag of key ids, the oldest first. */
  private readonly epochs = new Map<number, EpochKeys>();

  /** Opens frames of this epoch from now on. The same epoch again changes nothing. */
  keep(at: GroupEpoch, baseKey: Bytes): void {
    const tag = tagOf(at);
    const held = this.epochs.get(tag);
    if (held && held.at.group === at.group && held.at.epoch === at.epoch) return;
    this.epochs.delete(tag);
    this.epochs.set(tag, { at, base: importBase(baseKey), leaves: new Map() });
    for (const oldest of this.epochs.keys()) {
      if (this.epochs.size <= EPOCHS_KEPT) break;
      this.epochs.delete(oldest);
    }
  }

  /** Lets go of all epochs that came before this one; of none when it is not held. */
  forgetBefore(at: GroupEpoch): void {
    if (!this.base(at)) return;
    for (const [tag, { at: held }] of this.epochs) {
      if (held.group === at.group && held.epoch === at.epoch) return;
      this.epochs.delete(tag);
    }
  }

  /** What to derive the keys of an epoch from, `null` when it is not held. */
  base(at: GroupEpoch): Promise<CryptoKey> | null {
    const held = this.epochs.get(tagOf(at));
    return held && held.at.group === at.group && held.at.epoch === at.epoch ? held.base : null;
  }

  /** The key of a sender, `null` when its epoch is not held. */
  async key(id: KeyId): Promise<FrameKey | null> {
    const epoch = this.epochs.get(id.tag);
    if (!epoch) return null;
    const sender = epoch.leaves.get(id.leaf)?.held.get(id.generation);
    return sender?.key ?? deriveKey(await epoch.base, encodeKid(id));
  }

  /** False for a counter that came before, or whose page load is long gone. */
  isNew(id: KeyId, counter: bigint): boolean {
    const leaf = this.epochs.get(id.tag)?.leaves.get(id.leaf);
    if (!leaf) return true;
    const sender = leaf.held.get(id.generation);
    if (sender) return sender.window.isNew(counter);
    return !leaf.gone.has(id.generation) && leaf.gone.size < GENERATIONS_KNOWN;
  }

  /** Notes that a frame was authentic under `key`; false when it is not new, or not wanted now. */
  accept(id: KeyId, key: FrameKey, counter: bigint): boolean {
    const epoch = this.epochs.get(id.tag);
    if (!epoch || !this.isNew(id, counter)) return false;
    const leaf = epoch.leaves.get(id.leaf) ?? { held: new Map(), gone: new Set() };
    epoch.leaves.set(id.leaf, leaf);
    const sender = leaf.held.get(id.generation) ?? { key, window: new ReplayWindow() };
    leaf.held.set(id.generation, sender);
    for (const oldest of leaf.held.keys()) {
      if (leaf.held.size <= GENERATIONS_HELD) break;
      leaf.held.delete(oldest);
      leaf.gone.add(oldest);
    }
    return sender.window.take(counter);
  }
}

interface EpochKeys {
  at: GroupEpoch;
  base: Promise<CryptoKey>;
  leaves: Map<number, LeafKeys>;
}

interface LeafKeys {
  /** By generation, the oldest first. */
  held: Map<number, { key: FrameKey; window: ReplayWindow }>;
  /** Generations whose keys were let go: nothing of theirs is taken again. */
  gone: Set<number>;
}
