import { type ReadonlySignal, signal } from "@preact/signals";
import { RefusedError } from "../connection/errors";
import type { ClientMessage, DeviceId, ServerMessage } from "../protocol";
import type { Bytes } from "./bytes";
import type { SeatKey } from "./candidates";
import {
  ContentKeys,
  type ContentMessage,
  decodeContent,
  encodeContent,
  openSeats,
  type SharedSeat,
  sealSeats,
} from "./content";
import type { Member } from "./group";
import type { ContentKey } from "./group-store";
import type { Line } from "./line";
import type { Membership } from "./membership";
import { CryptoRefusal } from "./refusal";
import { type Clock, Recent, type Text } from "./security";

const MOST_TEXTS = 1_000;
const MOST_TRIES = 5;

/** The device that listens, and what it does with seats that the host shares with it. */
interface Listener {
  device: DeviceId;
  /** Of a guest's own link. */
  shareKey: Bytes | null;
  onSeats: (seats: readonly SeatKey[]) => void;
}

/** What members say to each other inside the group: texts, and the keys of what they write. */
export class Talk {
  readonly texts: ReadonlySignal<readonly Text[]>;
  /** The keys of board and chat that this device knows. */
  readonly keys: ReadonlySignal<ContentKeys>;
  private readonly keysNow = signal(ContentKeys.none);
  private readonly recent = new Recent<Text>(MOST_TEXTS);
  private self: Listener | null = null;
  private readonly clock: Clock;
  private readonly request: (message: ClientMessage) => Promise<ServerMessage>;
  /** What was shared with each co-facilitator last. */
  private readonly shared = new Map<DeviceId, string>();
  /** Own messages that were sent and have not come back, by what went over the wire. */
  private readonly own = new Map<string, ContentMessage>();

  constructor(clock: Clock, request: (message: ClientMessage) => Promise<ServerMessage>) {
    this.clock = clock;
    this.request = request;
    this.texts = this.recent.shown;
    this.keys = this.keysNow;
  }

  /** Takes up the keys that were kept. */
  open(self: Listener, membership: Membership): void {
    this.self = self;
    this.keysNow.value = membership.keys.reduce(
      (keys, message) => keys.with(message),
      ContentKeys.none,
    );
  }

  /**
   * Says something to the group.
   *
   * @throws {RefusedError} the server did not take it.
   * @throws {CryptoRefusal} the device is in no group.
   */
  async say(line: Line, message: ContentMessage): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const sealed = await line.run((membership) => membership.seal(encodeContent(message)));
      this.own.set(sealed.message, message);
      try {
        await this.request({ type: "content", ...sealed });
        return;
      } catch (error) {
        this.own.delete(sealed.message);
        const stale = error instanceof RefusedError && error.code === "stale_epoch";
        if (!stale || tries === MOST_TRIES) throw error;
        await line.catchUp();
      }
    }
  }

  /** Gives those who are in the group now the key in use, or a new one in its place. */
  async shareKey(line: Line, { renew }: { renew: boolean }): Promise<void> {
    const { group, keys } = line.membership;
    if (!group) return;
    const newest = keys.at(-1);
    const key = newest && !renew ? newest : ContentKeys.make(this.keysNow.peek(), group.at.epoch);
    if (key !== newest) await line.run(async (membership) => this.learn(membership, key));
    if (group.members.length > 1) await this.say(line, key);
  }

  /** Lets a co-facilitator verify knocks as the host can; what it knows already is not said again. */
  async shareSeats(line: Line, to: Member, seats: readonly SeatKey[]): Promise<void> {
    const known = seats.flatMap(({ participant, link, role, key }): SharedSeat[] =>
      typeof key === "string" ? [] : [{ participant, link, role, bindKey: key }],
    );
    const names = known.map(({ link }) => link).join(" ");
    if (known.length === 0 || this.shared.get(to.device) === names) return;
    this.shared.set(to.device, names);
    for (const { participant, shareKey } of seats) {
      if (participant !== to.participant || !shareKey) continue;
      const sealed = await sealSeats(shareKey, to.device, known);
      await this.say(line, { type: "seats", to: to.device, sealed });
    }
  }

  /** Own words are shown once they have their place in the order. */
  came(self: DeviceId, sealed: string): void {
    const message = this.own.get(sealed);
    this.own.delete(sealed);
    if (message?.type === "text") this.show(self, message.text);
  }

  /**
   * Takes what another member said.
   *
   * @throws {CryptoRefusal} it is not a message of ours.
   */
  async take(membership: Membership, from: DeviceId, bytes: Bytes): Promise<void> {
    const message = decodeContent(bytes);
    const author = membership.group?.members.find(({ device }) => device === from);
    switch (message.type) {
      case "text":
        this.show(from, message.text);
        return;
      case "content_key":
        if (!author?.mayCommit) throw new CryptoRefusal("not_a_committer");
        await this.learn(membership, message);
        return;
      case "seats":
        if (message.to === this.self?.device) await this.takeSeats(message.sealed, author);
    }
  }

  private async takeSeats(sealed: Bytes, author: Member | undefined): Promise<void> {
    const { self } = this;
    if (!self?.shareKey) return;
    if (!author?.staff) throw new CryptoRefusal("wrong_host");
    const shared = await openSeats(self.shareKey, self.device, sealed);
    if (!shared) throw new CryptoRefusal("unreadable");
    self.onSeats(shared.map(({ bindKey, ...seat }) => ({ ...seat, key: bindKey, shareKey: null })));
  }

  private async learn(membership: Membership, key: ContentKey): Promise<void> {
    if (membership.keys.some(({ keyId }) => keyId === key.keyId)) return;
    this.keysNow.value = this.keysNow.peek().with(key);
    await membership.addKey(key);
  }

  private show(from: DeviceId, text: string): void {
    this.recent.add({ from, text, at: this.clock.now() });
  }
}
