// A server of one board in memory, for the tests of this folder, and pages that draw through it.

import { type Signal, signal } from "@preact/signals";
import { DisconnectedError, RefusedError } from "../../connection/errors";
import { ContentKeys } from "../../crypto/content";
import type { DeviceId, RefusalCode } from "../../protocol";
import { Board } from "../board";
import type { BoardNews, BoardServer } from "../server";

/** Time that passes when it is told to. */
export class TestClock {
  #now = 1_000_000;
  #due: { at: number; act: () => void }[] = [];
  readonly now = () => this.#now;
  readonly after = (milliseconds: number, act: () => void) => {
    const one = { at: this.#now + milliseconds, act };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  };

  /** Boards whose work is waited for. */
  readonly boards: Board[] = [];

  /** Everything that needs no time has ended. */
  async settled(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      for (const board of this.boards) await board.settled();
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Lets time pass, in its order, with all that comes of it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await this.settled();
    for (;;) {
      const [next] = this.#due.sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#due.shift();
      this.#now = next.at;
      next.act();
      await this.settled();
    }
    this.#now = end;
  }
}

type Kept = Extract<BoardNews, { is: "entry" }>;

export class TestServer {
  readonly pages = new Map<DeviceId, Page>();
  entries: Kept[] = [];
  snapshot: Extract<BoardNews, { is: "snapshot" }> | null = null;
  /** Refused when they draw. */
  readonly locked = new Map<DeviceId, RefusalCode>();
  /** Entries that are not handed on to anyone live. */
  withheld = new Set<number>();
  last = 0;
  strokeBytes = 0;

  append(from: DeviceId, entry: string): number {
    const code = this.locked.get(from);
    if (code) throw new RefusedError({ code, reason: "not now", retry_after: null });
    this.last += 1;
    const kept: Kept = { is: "entry", seq: this.last, from, entry };
    this.entries.push(kept);
    if (!this.withheld.has(kept.seq)) {
      for (const page of this.pages.values()) page.hears(kept);
    }
    return kept.seq;
  }

  keep(from: DeviceId, upto: number, snapshot: string): void {
    if (this.snapshot !== null && upto <= this.snapshot.upto) {
      throw new RefusedError({
        code: "conflict",
        reason: "there is a newer one",
        retry_after: null,
      });
    }
    this.snapshot = { is: "snapshot", upto, from, snapshot };
    this.entries = this.entries.filter(({ seq }) => seq > upto);
  }
}

/** A page with its board and the line to the server, which can be cut. */
export class Page implements BoardServer {
  readonly board: Board;
  readonly device: DeviceId;
  private readonly server: TestServer;
  private follows = false;
  private cut = false;
  /** How often it asked for what it had missed. */
  asked = 0;
  /** An answer of the server that is lost with the line. */
  loseNextAnswer = false;

  constructor(
    server: TestServer,
    clock: TestClock,
    device: DeviceId,
    keys: Signal<ContentKeys>,
    leads = false,
  ) {
    this.server = server;
    this.device = device;
    this.board = new Board({
      scope: "session",
      board: 1,
      you: device,
      leads: () => leads,
      server: this,
      keys,
      clock,
    });
    server.pages.set(device, this);
    clock.boards.push(this.board);
    this.board.connect();
  }

  disconnect(): void {
    this.cut = true;
    this.follows = false;
    this.board.lose();
  }

  reconnect(): void {
    this.cut = false;
    this.board.connect();
  }

  hears(news: BoardNews): void {
    if (this.follows && !this.cut) this.board.receive(news);
  }

  async append(_: number, entry: string): Promise<number> {
    if (this.cut) throw new DisconnectedError();
    const seq = this.server.append(this.device, entry);
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      this.disconnect();
      throw new DisconnectedError();
    }
    return seq;
  }

  stroke(board: number, stroke: string): void {
    const message = { id: 12_345, message: { type: "board_stroke", board, stroke } };
    this.server.strokeBytes += JSON.stringify(message).length;
    for (const page of this.server.pages.values()) {
      if (page !== this) page.hears({ is: "stroke", from: this.device, stroke });
    }
  }

  async catchUp(_: number, after: number): Promise<void> {
    if (this.cut) throw new DisconnectedError();
    this.asked += 1;
    const { snapshot, entries } = this.server;
    this.follows = true;
    if (snapshot !== null && snapshot.upto > after) this.board.receive(snapshot);
    for (const entry of entries) if (entry.seq > after) this.board.receive(entry);
  }

  async snapshot(_: number, upto: number, snapshot: string): Promise<void> {
    if (this.cut) throw new DisconnectedError();
    this.server.keep(this.device, upto, snapshot);
  }
}

export function someKeys(): Signal<ContentKeys> {
  return signal(ContentKeys.none.with(ContentKeys.make(ContentKeys.none, 1)));
}
