import type { GroupEpoch } from "../protocol";

/**
 * Milliseconds between having the keys of an epoch and sending with them, at most: a slow phone has
 * them by then. Until they are sent with, who came sees nothing, and who was taken out could go on.
 */
const SWITCH_AFTER = 500;
/**
 * Milliseconds after a removal in which frames of before it are opened: what is under way, and what
 * those send who learn of it late. Then a place in the tree may be somebody else's.
 */
const FORGET_AFTER_REMOVAL = 3_000;
/** Receivers keep the keys of four epochs: the one that is sent with may be this far behind. */
const MOST_BEHIND = 3;

/**
 * What keys are given to: receives with each from `keys` on, sends with one from `sendWith` on,
 * receives with none older than that of `forgetBefore`.
 */
export interface Keyed {
  keys(at: GroupEpoch, baseKey: Uint8Array<ArrayBuffer>): void;
  sendWith(at: GroupEpoch, leaf: number): void;
  forgetBefore(at: GroupEpoch): void;
}

/** Calls `act` after so many milliseconds unless it was called off. */
export type After = (milliseconds: number, act: () => void) => () => void;

interface Waiting {
  at: GroupEpoch;
  leaf: number;
  callOff: () => void;
}

/**
 * Distributes keys first and uses them after: a new epoch is received with at once, and sent with
 * when everyone has its keys or waiting longer would do more harm than good. The first epoch of a
 * device has nothing before it and is sent with at once.
 */
export class Epochs {
  private readonly keyed: Keyed;
  private readonly after: After;
  private waiting: Waiting[] = [];
  private readonly forgetting = new Set<() => void>();
  private sending: GroupEpoch | null = null;

  constructor(keyed: Keyed, after: After) {
    this.keyed = keyed;
    this.after = after;
  }

  /** The device has the keys of `at` and the place `leaf` in its tree. */
  enter(
    at: GroupEpoch,
    baseKey: Uint8Array<ArrayBuffer>,
    leaf: number,
    change: { removed: boolean },
  ): void {
    this.keyed.keys(at, baseKey);
    const anew = this.sending !== null && this.sending.group !== at.group;
    if (change.removed || anew) this.forgetLater(at);
    if (this.sending === null || anew) {
      this.send(at, leaf);
      return;
    }
    const callOff = this.after(SWITCH_AFTER, () => this.send(at, leaf));
    this.waiting.push({ at, leaf, callOff });
    const tooFar = this.waiting.at(-1 - MOST_BEHIND);
    if (tooFar) this.send(tooFar.at, tooFar.leaf);
  }

  /** Everyone has the keys of `at`. */
  settled(at: GroupEpoch): void {
    const ready = this.waiting.findLast((waiting) => !isLater(waiting.at, at));
    if (ready) this.send(ready.at, ready.leaf);
  }

  stop(): void {
    for (const { callOff } of this.waiting) callOff();
    for (const callOff of this.forgetting) callOff();
    this.waiting = [];
    this.forgetting.clear();
    this.sending = null;
  }

  private forgetLater(at: GroupEpoch): void {
    const callOff = this.after(FORGET_AFTER_REMOVAL, () => {
      this.forgetting.delete(callOff);
      this.keyed.forgetBefore(at);
    });
    this.forgetting.add(callOff);
  }

  private send(at: GroupEpoch, leaf: number): void {
    for (const waiting of this.waiting) if (!isLater(waiting.at, at)) waiting.callOff();
    this.waiting = this.waiting.filter((waiting) => isLater(waiting.at, at));
    this.sending = at;
    this.keyed.sendWith(at, leaf);
  }
}

/** Whether `a` comes after `b`. */
export function isLater(a: GroupEpoch, b: GroupEpoch): boolean {
  return a.group > b.group || (a.group === b.group && a.epoch > b.epoch);
}

export function isSame(a: GroupEpoch, b: GroupEpoch): boolean {
  return a.scope === b.scope && a.group === b.group && a.epoch === b.epoch;
}
