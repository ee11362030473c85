import type { FrameHealth } from "./messages";
import { DROPS, type Drop, type Expected } from "./opener";

/** Ticks in a row without one frame opened until what comes counts as not secure. */
const PATIENCE = 3;
/** Milliseconds between two requests of a key frame: one needs about as long to come. */
const ASK_EVERY = 400;

/** Signs of meddling, as opposed to keys that are under way. */
const MEDDLING: readonly Drop[] = ["plain", "tampered", "replayed"];

/** One section that is received: who is expected there, and how its frames fare. */
export class Section {
  private expected: Expected | null = null;
  private opened = 0;
  private readonly dropped = noDrops();
  private secure = true;
  private before = { opened: 0, meddled: 0, dropped: 0 };
  private without = 0;
  /** What comes cannot be shown before a key frame: at the beginning, and after a drop. */
  private broken = true;
  private asked = Number.NEGATIVE_INFINITY;

  get from(): Expected | null {
    return this.expected;
  }

  expect(from: Expected | null): void {
    this.expected = from;
    this.broken = true;
    this.without = 0;
  }

  /** A frame was opened; `key`: it needs no frame before it. */
  open(key: boolean): void {
    this.opened += 1;
    if (key) this.broken = false;
  }

  drop(reason: Drop): void {
    this.dropped[reason] += 1;
    this.broken = true;
  }

  /**
   * True when a key frame is to be asked for now, which counts as done: those that come cannot be
   * shown without it.
   */
  asks(now: number): boolean {
    if (!this.broken || !this.expected || now - this.asked < ASK_EVERY) return false;
    this.asked = now;
    return true;
  }

  /** Judges what came since the last time; true when there is something new to tell. */
  tick(): boolean {
    const now = { opened: this.opened, meddled: sum(this.dropped, MEDDLING), dropped: 0 };
    now.dropped = sum(this.dropped, DROPS);
    const { before } = this;
    this.before = now;
    if (now.opened === before.opened && now.dropped === before.dropped) return false;
    this.without = now.opened === before.opened ? this.without + 1 : 0;
    if (this.expected) {
      this.secure = now.meddled === before.meddled && this.without < PATIENCE;
    }
    return true;
  }

  health(): FrameHealth {
    return { opened: this.opened, dropped: { ...this.dropped }, secure: this.secure };
  }
}

export function noDrops(): Record<Drop, number> {
  return { plain: 0, no_key: 0, tampered: 0, replayed: 0, wrong_sender: 0 };
}

function sum(dropped: Record<Drop, number>, of: readonly Drop[]): number {
  return of.reduce((total, reason) => total + dropped[reason], 0);
}
