import type { After } from "./epochs";

/** What is to happen later, all of which can be called off at once. */
export class Timers {
  private readonly after: After;
  private readonly pending = new Set<() => void>();

  constructor(after: After) {
    this.after = after;
  }

  /** Calls `act` after so many milliseconds; gives what calls it off. */
  set(milliseconds: number, act: () => void): () => void {
    const stop = this.after(milliseconds, () => {
      this.pending.delete(stop);
      act();
    });
    this.pending.add(stop);
    return () => {
      this.pending.delete(stop);
      stop();
    };
  }

  clear(): void {
    for (const stop of this.pending) stop();
    this.pending.clear();
  }
}
