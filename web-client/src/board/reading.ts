import { fromBase64url } from "../base64url";
import type { Bytes } from "../crypto/bytes";
import { CryptoRefusal } from "../crypto/refusal";
import { decodeElements } from "./entry";
import type { Place, What } from "./envelope";
import { Log } from "./log";
import { Scene } from "./scene";

export interface Opener {
  /** Throws `CryptoRefusal`. */
  open(place: Place, what: What, sealed: Bytes): Promise<Bytes>;
  /** Whether the key that it says it is sealed with is here. */
  knows(sealed: Bytes): boolean;
}

/** The log of a board, read into a scene. What cannot be read yet is kept: its key may come. */
export class Reading {
  readonly log = new Log();
  readonly scene = new Scene();
  private readonly opener: Opener;
  private unread: Unread[] = [];
  private broken = 0;

  constructor(opener: Opener) {
    this.opener = opener;
  }

  /** Entries and snapshots that cannot be read here. */
  get unreadable(): number {
    return this.unread.length + this.broken;
  }

  /** Something is here that cannot be read yet. */
  get isWaiting(): boolean {
    return this.unread.length > 0;
  }

  /** `milestone`: its author is to make a snapshot. One that was there before changes nothing. */
  async entry(place: Place, seq: number, entry: string): Promise<{ milestone: boolean }> {
    if (!this.log.take(seq)) return { milestone: false };
    await this.read({ place, what: { is: "entry" }, seq, sealed: fromBase64url(entry) });
    return { milestone: this.log.isMilestone(seq, entry.length) };
  }

  async snapshot(place: Place, upto: number, snapshot: string): Promise<void> {
    if (!this.log.skip(upto)) return;
    const what: What = { is: "snapshot", upto };
    const isRead = await this.read({ place, what, seq: upto, sealed: fromBase64url(snapshot) });
    if (isRead) this.unread = this.unread.filter(({ seq }) => seq > upto);
  }

  /** Tries again what could not be read: there are other keys now. */
  async again(): Promise<void> {
    const { unread } = this;
    this.unread = [];
    for (const one of unread) await this.read(one);
  }

  private async read(one: Unread): Promise<boolean> {
    const { place, what, sealed } = one;
    if (sealed === null) {
      this.broken += 1;
      return false;
    }
    try {
      this.scene.merge(decodeElements(await this.opener.open(place, what, sealed)));
      return true;
    } catch (error) {
      if (!(error instanceof CryptoRefusal)) throw error;
      // With the right key it stays what it is: broken, for everyone alike.
      if (this.opener.knows(sealed)) this.broken += 1;
      else this.unread.push(one);
      return false;
    }
  }
}

interface Unread {
  readonly place: Place;
  readonly what: What;
  /** Every entry up to it is covered, for a snapshot. */
  readonly seq: number;
  readonly sealed: Bytes | null;
}
