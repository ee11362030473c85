/** Counters behind the newest that may still come, once each. About 20 seconds of a busy sender. */
const WINDOW = 4096n;

/** Which counters of one key were seen. */
export class ReplayWindow {
  private newest = -1n;
  private readonly seen = new Uint32Array(Number(WINDOW) / 32);

  /** True for a counter that was not taken and is not too old to tell. */
  isNew(counter: bigint): boolean {
    if (counter > this.newest) return true;
    if (this.newest - counter >= WINDOW) return false;
    const { word, bit } = place(counter);
    return ((this.seen[word] ?? 0) & bit) === 0;
  }

  /** Takes a counter whose frame was authentic; false when it is not new. */
  take(counter: bigint): boolean {
    if (!this.isNew(counter)) return false;
    if (counter > this.newest) this.advance(counter);
    const { word, bit } = place(counter);
    this.seen[word] = (this.seen[word] ?? 0) | bit;
    return true;
  }

  /** The places between the newest counter and this one belong to older ones: they are cleared. */
  private advance(to: bigint): void {
    if (to - this.newest >= WINDOW) {
      this.seen.fill(0);
    } else {
      for (let counter = this.newest + 1n; counter <= to; counter += 1n) {
        const { word, bit } = place(counter);
        this.seen[word] = (this.seen[word] ?? 0) & ~bit;
      }
    }
    this.newest = to;
  }
}

function place(counter: bigint): { word: number; bit: number } {
  const index = Number(counter % WINDOW);
  return { word: index >> 5, bit: 1 << (index & 31) };
}
