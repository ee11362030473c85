/** Milliseconds. */
export interface TimingSummary {
  count: number;
  mean: number;
  median: number;
  p99: number;
  longest: number;
}

/** Lower end of the first class, milliseconds. */
const FINEST = 0.005;
/** Classes from one to its double. */
const STEPS = 8;
/** Up to 5 s. */
const CLASSES = 20 * STEPS;

/** Counts durations in classes that grow by a twelfth, so that it costs next to nothing. */
export class Timing {
  private readonly counts = new Uint32Array(CLASSES);
  private count = 0;
  private sum = 0;
  private longest = 0;

  record(milliseconds: number): void {
    const index = Math.floor(Math.log2(Math.max(milliseconds, FINEST) / FINEST) * STEPS);
    const kept = Math.min(index, CLASSES - 1);
    this.counts[kept] = (this.counts[kept] ?? 0) + 1;
    this.count += 1;
    this.sum += milliseconds;
    this.longest = Math.max(this.longest, milliseconds);
  }

  summary(): TimingSummary {
    return {
      count: this.count,
      mean: this.count === 0 ? 0 : this.sum / this.count,
      median: this.quantile(0.5),
      p99: this.quantile(0.99),
      longest: this.longest,
    };
  }

  /** Upper end of the class in which it lies. */
  private quantile(share: number): number {
    let below = 0;
    for (const [index, count] of this.counts.entries()) {
      below += count;
      if (count > 0 && below >= share * this.count) {
        return Math.min(FINEST * 2 ** ((index + 1) / STEPS), this.longest);
      }
    }
    return 0;
  }
}
