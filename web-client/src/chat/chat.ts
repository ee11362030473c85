import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { MOST_CHARACTERS } from "../crypto/content";
import type { Audience, Text } from "../crypto/room";
import { MOST_TEXTS } from "../crypto/talk";

export type { Audience } from "../crypto/room";

/** A text as it is shown. */
export interface Line {
  /** Of the text; the same before and after it was sent. */
  id: string;
  name: string;
  /** By this person, on whatever device. */
  isOwn: boolean;
  text: string;
  isPrivate: boolean;
  /** Milliseconds since 1970; `null` before it is sent. */
  at: number | null;
  state: "sent" | "sending" | "failed";
}

/** Whom a text can reach besides its author. */
export interface Readers {
  /** Names of those who may let people in, each person once. */
  facilitators: readonly string[];
  /** There are others as well. */
  others: boolean;
}

/** Why the draft cannot be sent. */
export type Problem = "off" | "empty" | "too_long" | "nobody";

export interface ChatOptions {
  /** What came, in its order, this person's own texts too. */
  texts: ReadonlySignal<readonly Text[]>;
  readers: ReadonlySignal<Readers>;
  /** Rejects when the text was not taken, or nobody knows; the same `id` again is the same text. */
  send: (text: string, to: Audience, id: string) => Promise<void>;
  newId: () => string;
  /** Everyone may write, not only those who lead. */
  isOn: ReadonlySignal<boolean>;
  /** This person is one of those who lead: they write while it is off, and turn it off and on. */
  leads: ReadonlySignal<boolean>;
  turn: (on: boolean) => Promise<unknown>;
  /** Milliseconds since 1970. */
  now: () => number;
}

interface Pending {
  id: string;
  text: string;
  to: Audience;
  state: "sending" | "failed";
}

/** Characters left from which they are worth saying. */
const FEW = 200;
/** Milliseconds after the chat was turned off in which texts still come that were sent before. */
const UNDER_WAY = 3_000;

/** The chat of one page: what was said, what is being written, and what nobody has looked at yet. */
export class Chat {
  /** The last `MOST_TEXTS` in their order; what is under way comes last. */
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** What others wrote while the chat was closed. */
  readonly unread: ReadonlySignal<number>;
  /** What others wrote last, all that came at once. */
  readonly news: ReadonlySignal<readonly Text[]>;
  readonly isOpen: ReadonlySignal<boolean>;
  readonly draft: Signal<string> = signal("");
  /** Never changes by itself: what was meant for few does not go to all because they left. */
  readonly audience: Signal<Audience> = signal("everyone");
  readonly readers: ReadonlySignal<Readers>;
  /** There is somebody who leads and somebody else, or the choice was made when there was. */
  readonly offersChoice: ReadonlySignal<boolean>;
  readonly mayWrite: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | null>;
  readonly isOn: ReadonlySignal<boolean>;
  readonly leads: ReadonlySignal<boolean>;
  /** Characters that can still be written, below 0 when there are too many; `null` while there are plenty. */
  readonly left: ReadonlySignal<number | null>;
  private readonly pending = signal<readonly Pending[]>([]);
  private readonly unreadNow = signal(0);
  private readonly newsNow = signal<readonly Text[]>([]);
  private readonly openNow = signal(false);
  private readonly options: ChatOptions;
  /** Texts that are not shown: by people who could not write then, so by pages that were changed. */
  private readonly unshown = signal<ReadonlySet<Text>>(new Set());
  private newest: Text | null = null;
  private offSince: number | null = null;
  private readonly unwatch: Array<() => void> = [];

  constructor(options: ChatOptions) {
    this.options = options;
    const { texts, readers, isOn, leads } = options;
    this.isOn = isOn;
    this.leads = leads;
    this.readers = readers;
    this.unread = this.unreadNow;
    this.news = this.newsNow;
    this.isOpen = this.openNow;
    this.lines = computed(() => {
      const unshown = this.unshown.value;
      const shown = texts.value.filter((text) => !unshown.has(text));
      return linesOf(shown, this.pending.value);
    });
    this.offersChoice = computed(() => {
      const { facilitators, others } = readers.value;
      return this.audience.value === "facilitators" || (facilitators.length > 0 && others);
    });
    this.mayWrite = computed(() => isOn.value || leads.value);
    const length = computed(() => [...this.draft.value.trim()].length);
    this.left = computed(() => {
      const left = MOST_CHARACTERS - length.value;
      return left <= FEW ? left : null;
    });
    this.problem = computed(() => {
      if (!this.mayWrite.value) return "off";
      if (length.value === 0) return "empty";
      if (length.value > MOST_CHARACTERS) return "too_long";
      const isForNobody =
        this.audience.value === "facilitators" && readers.value.facilitators.length === 0;
      return isForNobody ? "nobody" : null;
    });
    this.unwatch.push(
      effect(() => {
        this.offSince = isOn.value ? null : options.now();
      }),
      effect(() => this.take(texts.value)),
    );
  }

  /** Nothing is followed any more. */
  stop(): void {
    for (const end of this.unwatch) end();
  }

  /** Lets everyone write, or only those who lead. Rejects when the server does not. */
  async turn(on: boolean): Promise<void> {
    await this.options.turn(on);
  }

  setOpen(open: boolean): void {
    this.openNow.value = open;
    if (open) this.unreadNow.value = 0;
  }

  /** Sends the draft and empties it; `false`, and nothing changes, while there is a problem with it. */
  send(): boolean {
    if (this.problem.peek() !== null) return false;
    const { newId } = this.options;
    const [id, text, to] = [newId(), this.draft.peek().trim(), this.audience.peek()];
    this.draft.value = "";
    this.pending.value = [
      ...this.pending.peek(),
      { id, text, to, state: "sending" as const },
    ].slice(-MOST_TEXTS);
    void this.deliver(id);
    return true;
  }

  /** Sends what failed once more, to the same readers. */
  retry(id: string): void {
    if (this.find(id)?.state !== "failed" || !this.mayWrite.peek()) return;
    this.mark(id, "sending");
    void this.deliver(id);
  }

  /** Gives up what failed. It may have come to the others all the same, and then shows again. */
  discard(id: string): void {
    if (this.find(id)?.state !== "failed") return;
    this.pending.value = this.pending.peek().filter((one) => one.id !== id);
  }

  private async deliver(id: string): Promise<void> {
    const one = this.find(id);
    if (!one) return;
    try {
      await this.options.send(one.text, one.to, id);
    } catch {
      this.mark(id, "failed");
    }
  }

  private take(texts: readonly Text[]): void {
    const before = this.newest === null ? -1 : texts.lastIndexOf(this.newest);
    const came = texts.slice(before + 1);
    if (came.length === 0) return;
    this.newest = came.at(-1) ?? null;
    const shown = this.shownOf(came);
    this.settle(came, new Set(shown));
    const news = shown.filter(({ isOwn }) => !isOwn);
    if (news.length === 0) return;
    if (!this.openNow.peek()) this.unreadNow.value = this.unreadNow.peek() + news.length;
    this.newsNow.value = news;
  }

  /** Those that are shown: all, but while the chat is off only what people wrote who lead. */
  private shownOf(came: readonly Text[]): readonly Text[] {
    const { offSince, options } = this;
    if (offSince === null || options.now() - offSince < UNDER_WAY) return came;
    const shown = came.filter(({ leads }) => leads);
    if (shown.length === came.length) return shown;
    const kept = [...this.unshown.peek(), ...came.filter(({ leads }) => !leads)];
    this.unshown.value = new Set(kept.slice(-MOST_TEXTS));
    return shown;
  }

  /** Own texts that came back are under way no more. What nobody was shown has failed, and is another text if retried. */
  private settle(came: readonly Text[], shown: ReadonlySet<Text>): void {
    const own = new Map(came.filter(({ isOwn }) => isOwn).map((text) => [text.id, text]));
    const pending = this.pending.peek();
    if (!pending.some(({ id }) => own.has(id))) return;
    this.pending.value = pending.flatMap((one): Pending[] => {
      const text = own.get(one.id);
      if (!text) return [one];
      return shown.has(text) ? [] : [{ ...one, id: this.options.newId(), state: "failed" }];
    });
  }

  private find(id: string): Pending | undefined {
    return this.pending.peek().find((one) => one.id === id);
  }

  private mark(id: string, state: Pending["state"]): void {
    this.pending.value = this.pending
      .peek()
      .map((one) => (one.id === id ? { ...one, state } : one));
  }
}

function linesOf(texts: readonly Text[], pending: readonly Pending[]): Line[] {
  const sent = texts.map(
    ({ id, name, isOwn, text, isPrivate, at }): Line => ({
      ...{ id, name, isOwn, text, isPrivate, at },
      state: "sent",
    }),
  );
  const shown = new Set(texts.filter(({ isOwn }) => isOwn).map(({ id }) => id));
  const waiting = pending
    .filter(({ id }) => !shown.has(id))
    .map(
      ({ id, text, to, state }): Line => ({
        ...{ id, text, state, name: "", isOwn: true, at: null },
        isPrivate: to === "facilitators",
      }),
    );
  return [...sent, ...waiting].slice(-MOST_TEXTS);
}
