/**
 * Which entries of a board have come. Entries are numbered 1, 2, 3 without a hole. They may be taken in any order,
 * as scenes do not mind; what matters is that none is missing.
 */
export class Log {
  #upto = 0;
  readonly #ahead = new Set<number>();
  #weight = 0;

  /** Every entry up to this one has come, by itself or in a snapshot. */
  get upto(): number {
    return this.#upto;
  }

  /** Something in between has not come: everything after `upto` is to be asked for again. */
  get hasGap(): boolean {
    return this.#ahead.size > 0;
  }

  /** Whether the entry is new. */
  take(seq: number): boolean {
    if (!Number.isSafeInteger(seq) || seq <= this.#upto || this.#ahead.has(seq)) return false;
    this.#ahead.add(seq);
    this.#advance();
    return true;
  }

  /** A snapshot has come with every entry up to this one in it. Whether it is news. */
  skip(upto: number): boolean {
    if (!Number.isSafeInteger(upto) || upto <= this.#upto) return false;
    this.#upto = upto;
    for (const seq of this.#ahead) if (seq <= upto) this.#ahead.delete(seq);
    this.#advance();
    this.#weight = 0;
    return true;
  }

  /**
   * Whether the author of this entry, and nobody else, is to make a snapshot now: after so many entries, or so
   * many bytes. All pages count alike, so that one snapshot is made and not one by each page.
   */
  isMilestone(seq: number, bytes: number): boolean {
    this.#weight += bytes;
    if (seq % SNAPSHOT_ENTRIES !== 0 && this.#weight < SNAPSHOT_BYTES) return false;
    this.#weight = 0;
    return true;
  }

  #advance(): void {
    while (this.#ahead.delete(this.#upto + 1)) this.#upto += 1;
  }
}

/** Entries that a newcomer reads behind a snapshot. */
const SNAPSHOT_ENTRIES = 200;
/** Bytes of sealed entries. */
const SNAPSHOT_BYTES = 1 << 20;
