// The client of one board. `boards.ts` has those of a session; no page uses them yet.

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fromBase64url, toBase64url } from "../base64url";
import { RefusedError } from "../connection/errors";
import type { Bytes } from "../crypto/bytes";
import type { ContentKeys } from "../crypto/content";
import { CryptoRefusal } from "../crypto/refusal";
import type { Clock } from "../crypto/security";
import { Serial } from "../crypto/serial";
import { Timers } from "../crypto/timers";
import { type DeviceId, MAX_ENTRY, MAX_SNAPSHOT, MAX_STROKE, type Scope } from "../protocol";
import { type BoardElement, canonical } from "./element";
import { encodeElements } from "./entry";
import { open, type Place, seal, type What } from "./envelope";
import { Outbox } from "./outbox";
import { Reading } from "./reading";
import { MOST_ELEMENTS, type Scene } from "./scene";
import type { BoardNews, BoardServer } from "./server";
import { ASK, isAsk, type Pointer, Strokes, StrokeWriter, type UnderWay } from "./strokes";

export interface BoardOptions {
  readonly scope: Scope;
  /** 1, 2, 3. */
  readonly board: number;
  readonly you: DeviceId;
  /** Whether this page looks after snapshots when the keys change. */
  readonly leads: () => boolean;
  readonly server: BoardServer;
  readonly keys: ReadonlySignal<ContentKeys>;
  readonly clock: Clock;
}

/** Why own changes were taken back. */
export type Refusal =
  /** This person may not draw now. */
  | "not_allowed"
  /** The board holds as much as it may. */
  | "full"
  /** One thing is too large. */
  | "too_large"
  | "invalid";

/** One board as this page knows it, kept in line with the others through a server that cannot read it. */
export class Board {
  readonly board: number;
  /** What is to be drawn, from the back to the front: own changes that are on their way included. */
  readonly elements: ReadonlySignal<readonly BoardElement[]>;
  /** What the others have under way; each is newer than what is in `elements`. */
  readonly underWay: ReadonlySignal<readonly BoardElement[]>;
  readonly pointers: ReadonlySignal<ReadonlyMap<DeviceId, Pointer>>;
  /** Everything up to now has come. */
  readonly isLive: ReadonlySignal<boolean>;
  /** How much of the log cannot be read here: its keys are not known, or it was not sealed properly. */
  readonly unreadable: ReadonlySignal<number>;
  /** Own changes that are not in the log yet. */
  readonly unsent: ReadonlySignal<number>;
  readonly refused: ReadonlySignal<Refusal | null>;

  private readonly options: BoardOptions;
  private readonly reading: Reading;
  private readonly outbox = new Outbox();
  private readonly strokes = new Strokes();
  private readonly writer = new StrokeWriter();
  private readonly inbound = new Serial();
  private readonly outbound = new Serial();
  private readonly timers: Timers;
  private readonly revision = signal(0);
  private readonly strokesTurn = signal(0);
  private readonly liveNow = signal(false);
  private readonly refusedNow = signal<Refusal | null>(null);
  private readonly unwatch: () => void;
  private connected = 0;
  private isConnected = false;
  private catchingUp = false;
  private mending = false;
  private flushing = false;
  private sending: Promise<unknown> = Promise.resolve();
  private next: UnderWay | null = null;
  private strokeTimer = false;
  private looking = false;
  private renewing = false;
  private renewedAt = Number.NEGATIVE_INFINITY;
  /** The entry behind which a snapshot is to be made here, out of turn. */
  private markedAt: number | null = null;

  constructor(options: BoardOptions) {
    this.options = options;
    this.board = options.board;
    const keys = () => options.keys.peek();
    this.reading = new Reading({
      open: (place, what, sealed) => open(keys(), place, what, sealed),
      knows: (sealed) => keys().knows(sealed),
    });
    this.timers = new Timers(options.clock.after);
    this.elements = computed(() => {
      this.revision.value;
      return this.shown().shown();
    });
    this.underWay = computed(() => {
      this.revision.value;
      this.strokesTurn.value;
      return this.strokes.elements().filter((element) => {
        const known = this.reading.scene.get(element.id);
        return known === undefined || element.version > known.version;
      });
    });
    this.pointers = computed(() => {
      this.strokesTurn.value;
      return this.strokes.pointers();
    });
    this.unreadable = computed(() => {
      this.revision.value;
      return this.reading.unreadable;
    });
    this.unsent = computed(() => {
      this.revision.value;
      return this.outbox.size;
    });
    this.isLive = this.liveNow;
    this.refused = this.refusedNow;
    let before: number | null = null;
    this.unwatch = effect(() => {
      const keyId = options.keys.value.newest?.keyId ?? null;
      if (before !== null && keyId !== before) this.renewing = true;
      before = keyId;
      void this.inbound.run(() => this.readAgain());
    });
  }

  /** The connection is there, for the first time or again. */
  connect(): void {
    this.connected += 1;
    this.isConnected = true;
    this.catchingUp = false;
    this.flushing = false;
    void this.catchUp();
  }

  lose(): void {
    this.isConnected = false;
    this.liveNow.value = false;
  }

  close(): void {
    this.lose();
    this.unwatch();
    this.timers.clear();
  }

  /** SHA-256 of all that the log says. */
  hash(): Promise<string> {
    return this.reading.scene.hash();
  }

  /** What came until now is read, and what can be sent at once is answered. */
  async settled(): Promise<void> {
    await this.inbound.run(async () => {});
    await this.outbound.run(async () => {});
    await this.sending;
  }

  /** The element as it is now, deleted or not. */
  get(id: string): BoardElement | undefined {
    return this.shown().get(id);
  }

  /** The scene with own changes that are on their way. */
  shown(): Scene {
    if (this.outbox.size === 0) return this.reading.scene;
    const scene = this.reading.scene.copy();
    scene.merge(this.outbox.elements());
    return scene;
  }

  /** Puts finished changes on the board: elements of Excalidraw. What is known already is passed over. */
  draw(raw: readonly unknown[]): void {
    const scene = this.shown().copy();
    const changed = scene.merge(raw.flatMap((one) => canonical(one) ?? []));
    if (changed.length === 0) return;
    if (scene.live > MOST_ELEMENTS && scene.live > this.shown().live) {
      this.refuse("full", changed);
      return;
    }
    this.next = null;
    this.refusedNow.value = null;
    this.outbox.put(changed);
    this.turn();
    void this.flush();
  }

  /** Shows the others what is under way: elements of Excalidraw. Nothing of it is kept. */
  show(raw: readonly unknown[], pointer: Pointer | null): void {
    this.next = { elements: raw.flatMap((one) => canonical(one) ?? []), pointer };
    if (!this.strokeTimer) this.sendStroke();
  }

  /** Only these devices are in the session. */
  keep(devices: ReadonlySet<DeviceId>): void {
    this.strokes.keep(devices);
    this.strokesTurn.value += 1;
  }

  /** Takes what the server sends of this board, in the order in which it comes. */
  receive(news: BoardNews): void {
    void this.inbound.run(() => this.take(news));
  }

  private async take(news: BoardNews): Promise<void> {
    const { board, options } = this;
    const place: Place = { scope: options.scope, board, author: news.from };
    switch (news.is) {
      case "entry": {
        const { milestone } = await this.reading.entry(place, news.seq, news.entry);
        this.turn();
        const isMarked = this.markedAt !== null && this.reading.log.upto >= this.markedAt;
        if ((milestone && news.from === options.you) || isMarked) await this.makeSnapshot();
        this.mendGap();
        return;
      }
      case "snapshot":
        await this.reading.snapshot(place, news.upto, news.snapshot);
        this.turn();
        return;
      case "stroke":
        if (news.from !== options.you) await this.takeStroke(place, news.stroke);
    }
  }

  private async takeStroke(place: Place, stroke: string): Promise<void> {
    const sealed = fromBase64url(stroke);
    if (sealed === null) return;
    try {
      const body = await open(this.options.keys.peek(), place, { is: "stroke" }, sealed);
      if (isAsk(body)) {
        this.renewWhenAsked();
        return;
      }
      this.strokes.take(place.author, body, this.options.clock.now());
    } catch (error) {
      // It is not kept, so nothing is lost with it.
      if (error instanceof CryptoRefusal) return;
      throw error;
    }
    this.strokesTurn.value += 1;
    this.lookAfterStrokes();
  }

  private lookAfterStrokes(): void {
    if (this.looking || this.strokes.isEmpty) return;
    this.looking = true;
    this.timers.set(STROKES_LOOKED_AFTER, () => {
      this.looking = false;
      if (this.strokes.expire(this.options.clock.now())) this.strokesTurn.value += 1;
      this.lookAfterStrokes();
    });
  }

  /** Somebody cannot read what is kept. */
  private renewWhenAsked(): void {
    const now = this.options.clock.now();
    if (now - this.renewedAt < RENEWED_EVERY) return;
    this.renewing = true;
    void this.renew();
  }

  private async readAgain(): Promise<void> {
    if (this.reading.unreadable > 0) {
      await this.reading.again();
      this.turn();
    }
    void this.flush();
    if (this.renewing) void this.renew();
  }

  private async catchUp(): Promise<void> {
    if (!this.isConnected || this.catchingUp) return;
    const { connected } = this;
    this.catchingUp = true;
    try {
      await this.options.server.catchUp(this.board, this.reading.log.upto);
      await this.inbound.run(async () => {});
      if (connected !== this.connected || !this.isConnected) return;
      this.liveNow.value = true;
    } catch (error) {
      if (error instanceof RefusedError) this.later(waitOf(error), () => this.catchUp());
      return;
    } finally {
      if (connected === this.connected) this.catchingUp = false;
    }
    this.mendGap();
    if (this.reading.isWaiting) this.say(ASK);
    void this.flush();
    if (this.renewing) void this.renew();
  }

  /** Asks again for what did not come, after a while: it may be on its way. */
  private mendGap(): void {
    if (this.mending || !this.reading.log.hasGap) return;
    this.mending = true;
    this.timers.set(GAP_WAITS, () => {
      this.mending = false;
      if (this.reading.log.hasGap) void this.catchUp();
    });
  }

  /** Sends what waits, entry by entry. */
  private async flush(): Promise<void> {
    if (this.flushing || !this.liveNow.peek() || this.outbox.size === 0) return;
    const wait = this.outbox.ask(this.options.clock.now());
    if (wait > 0) {
      this.later(wait, () => this.flush());
      return;
    }
    const { connected } = this;
    this.flushing = true;
    const sending = this.send(this.outbox.batch());
    this.sending = sending;
    const again = await sending;
    if (connected !== this.connected) return;
    this.flushing = false;
    if (again === 0) void this.flush();
    else if (again !== null) this.later(again, () => this.flush());
  }

  /** Milliseconds until the next may be sent; `null`: when something changes. */
  private async send(batch: readonly BoardElement[]): Promise<number | null> {
    const sealed = await this.seal({ is: "entry" }, batch);
    if (sealed === null) return null;
    if (sealed.length > MAX_ENTRY) {
      this.refuse("too_large", batch);
      return 0;
    }
    try {
      await this.options.server.append(this.board, toBase64url(sealed));
    } catch (error) {
      if (!(error instanceof RefusedError)) return null;
      const why = finalRefusal(error);
      if (why === null) return waitOf(error);
      // Without the right to draw nothing else would be taken either.
      this.refuse(why, why === "invalid" ? batch : this.outbox.elements());
      return why === "invalid" ? 0 : null;
    }
    this.reading.scene.merge(batch);
    this.outbox.settle(batch);
    this.turn();
    return 0;
  }

  private refuse(why: Refusal, elements: readonly BoardElement[]): void {
    this.outbox.settle(elements);
    this.refusedNow.value = why;
    this.turn();
  }

  private sendStroke(): void {
    const { next } = this;
    this.next = null;
    const body = next && this.liveNow.peek() ? this.writer.write(next) : null;
    if (body === null || body.length > MAX_STROKE - SEAL) return;
    this.strokeTimer = true;
    this.timers.set(STROKE_EVERY, () => {
      this.strokeTimer = false;
      this.sendStroke();
    });
    this.say(body);
  }

  private say(body: Bytes): void {
    void this.outbound.run(async () => {
      const { keys, server } = this.options;
      const sealed = await seal(keys.peek(), this.place, { is: "stroke" }, body);
      if (sealed && this.isConnected) server.stroke(this.board, toBase64url(sealed));
    });
  }

  /**
   * After the keys changed: who comes from now on has the newest only, so the board is sealed anew. The empty entry
   * before it makes the snapshot a newer one.
   */
  private async renew(): Promise<void> {
    const { server, leads } = this.options;
    if (!this.renewing || !this.liveNow.peek() || !leads()) return;
    this.renewing = false;
    this.renewedAt = this.options.clock.now();
    try {
      const mark = await this.seal({ is: "entry" }, []);
      if (mark === null) return;
      const seq = await server.append(this.board, toBase64url(mark));
      await this.inbound.run(async () => {
        this.markedAt = seq;
        if (this.reading.log.upto >= seq) await this.makeSnapshot();
      });
    } catch (error) {
      this.renewing = true;
      if (error instanceof RefusedError) this.later(waitOf(error), () => this.renew());
    }
  }

  /** What this page has not read must not be lost with a snapshot that it makes. */
  private async makeSnapshot(): Promise<void> {
    const { reading, options } = this;
    const { upto } = reading.log;
    if (upto === 0 || reading.isWaiting) return;
    const sealed = await this.seal({ is: "snapshot", upto }, reading.scene.all());
    if (sealed === null || sealed.length > MAX_SNAPSHOT) return;
    this.markedAt = null;
    // Another one that is newer does as well, and the next milestone comes.
    void options.server.snapshot(this.board, upto, toBase64url(sealed)).catch(() => {});
  }

  private seal(what: What, elements: readonly BoardElement[]) {
    return seal(this.options.keys.peek(), this.place, what, encodeElements(elements));
  }

  private get place(): Place {
    const { scope, board, you: author } = this.options;
    return { scope, board, author };
  }

  private later(milliseconds: number, act: () => Promise<void>): void {
    const { connected } = this;
    this.timers.set(milliseconds, () => {
      if (connected === this.connected) void act();
    });
  }

  private turn(): void {
    this.revision.value += 1;
  }
}

/** Milliseconds. A part of a stroke: few enough bytes, and below what the server hands on. */
const STROKE_EVERY = 45;
const STROKES_LOOKED_AFTER = 5_000;
const GAP_WAITS = 250;
const RENEWED_EVERY = 10_000;
const REFUSED_WAITS = 1_000;
/** Bytes that sealing adds. */
const SEAL = 64;

/** Milliseconds after which trying again can help. */
function waitOf({ refused }: RefusedError): number {
  return refused.retry_after === null ? REFUSED_WAITS : refused.retry_after * 1_000;
}

/** `null`: trying again can help. */
function finalRefusal({ code }: RefusedError): Refusal | null {
  switch (code) {
    case "slow_down":
    case "not_recorded":
    case "fault":
      return null;
    case "not_allowed":
      return "not_allowed";
    case "full":
      return "full";
    default:
      return "invalid";
  }
}
