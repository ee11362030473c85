import type { DeviceId } from "../protocol";

/** Loudness (0 to 1, linear) from which a voice counts, and below which it no longer does. */
const LOUD = 0.02;
const QUIET = 0.01;
/** Milliseconds that a pause between words may last. */
const PAUSE = 1_200;

/** Tells who is speaking from loudness, without flicker at every pause. */
export class Speakers {
  private readonly heard = new Map<DeviceId, number>();
  private speaking: ReadonlySet<DeviceId> = new Set();

  /** Those who speak at `now`; the same object while nothing changed. */
  update(levels: ReadonlyMap<DeviceId, number>, now: number): ReadonlySet<DeviceId> {
    for (const [device, level] of levels) {
      const bar = this.speaking.has(device) ? QUIET : LOUD;
      if (level >= bar) this.heard.set(device, now);
    }
    const next = new Set<DeviceId>();
    for (const [device, at] of this.heard) {
      if (levels.has(device) && now - at < PAUSE) next.add(device);
      else this.heard.delete(device);
    }
    const same =
      next.size === this.speaking.size && [...next].every((device) => this.speaking.has(device));
    if (!same) this.speaking = next;
    return this.speaking;
  }
}
