import type { BoardElement } from "./element";
import { encodeElements } from "./entry";

/**
 * Own changes on their way to the log. Of one element only the newest state waits. What is sent stays until the
 * server has taken it, so that a lost connection loses nothing: taking an element in twice is harmless.
 */
export class Outbox {
  readonly #waiting = new Map<string, BoardElement>();
  #allowance = BURST;
  #since = 0;

  get size(): number {
    return this.#waiting.size;
  }

  elements(): BoardElement[] {
    return [...this.#waiting.values()];
  }

  put(elements: readonly BoardElement[]): void {
    for (const element of elements) this.#waiting.set(element.id, element);
  }

  /** What goes into one entry next. */
  batch(): BoardElement[] {
    const batch: BoardElement[] = [];
    let bytes = 0;
    for (const element of this.#waiting.values()) {
      bytes += encodeElements([element]).length;
      if (batch.length > 0 && bytes > BATCH_BYTES) break;
      batch.push(element);
    }
    return batch;
  }

  /** These were taken, or never will be. What has changed meanwhile goes on waiting. */
  settle(elements: readonly BoardElement[]): void {
    for (const element of elements) {
      if (this.#waiting.get(element.id) === element) this.#waiting.delete(element.id);
    }
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Milliseconds until an entry may be sent, 0 for now; then it counts as sent. */
  ask(now: number): number {
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#since) * A_SECOND) / 1_000);
    this.#since = now;
    if (this.#allowance >= 1) {
      this.#allowance -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#allowance) * 1_000) / A_SECOND);
  }
}

/** Entries; below what the server allows, so that it has nothing to refuse. */
const BURST = 36;
const A_SECOND = 1.9;
/** Bytes before sealing; an entry may have 64 KiB. */
const BATCH_BYTES = 48 << 10;
