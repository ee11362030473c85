import { type ReadonlySignal, signal } from "@preact/signals";
import { RefusedError } from "../connection/errors";
import type { ClientMessage, DeviceId, ServerMessage } from "../protocol";
import type { Bytes } from "./bytes";
import type { SeatKey } from "./candidates";
import {
  ContentKeys,
  type ContentMessage,
  encodeContent,
  openSeats,
  type SharedSeat,
  sealSeats,
  type TextMessage,
} from "./content";
import type { Group, Member } from "./group";
import type { ContentKey } from "./group-store";
import type { Line } from "./line";
import type { Heard, Membership } from "./membership";
import { sealPrivately } from "./private-text";
import { CryptoRefusal } from "./refusal";
import { type Clock, Recent, type Text } from "./security";

/** Texts that are kept: the oldest go. */
export const MOST_TEXTS = 500;
const MOST_TRIES = 5;
/** Own texts whose answer was lost and that may still come back. */
const MOST_OWN = 100;

/** Who can read a text. */
export type Audience = "everyone" | "facilitators";
type OwnText = Pick<Text, "id" | "text" | "isPrivate">;

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
  /** Own texts that were sent and have not come back, by what went over the wire. */
  private readonly own = new Map<string, OwnText>();

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
   * Says a text. When the connection is lost meanwhile, nobody knows whether it was taken: said again with the same
   * id, it is still shown once.
   *
   * @throws {RefusedError} the server did not take it.
   * @throws {DisconnectedError} there was no answer.
   * @throws {CryptoRefusal} the device is in no group, or there is no facilitator to read it (`stranger`).
   */
  async sayText(line: Line, text: Omit<TextMessage, "type">, to: Audience): Promise<void> {
    const isPrivate = to === "facilitators";
    await this.say(
      line,
      async (group) => (isPrivate ? sealPrivately(group, text) : { type: "text", ...text }),
      { id: text.id, text: text.text, isPrivate },
    );
  }

  /** Gives those who are in the group now the key in use, or a new one in its place. */
  async shareKey(line: Line, { renew }: { renew: boolean }): Promise<void> {
    const { group, keys } = line.membership;
    if (!group) return;
    const newest = keys.at(-1);
    const key = newest && !renew ? newest : ContentKeys.make(this.keysNow.peek(), group.at.epoch);
    if (key !== newest) await line.run(async (membership) => this.learn(membership, key));
    if (group.members.length > 1) await this.say(line, async () => key);
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
      await this.say(line, async () => ({ type: "seats", to: to.device, sealed }));
    }
  }

  /** Own words are shown once they have their place in the order. */
  came(self: Member, sealed: string): void {
    const text = this.own.get(sealed);
    this.own.delete(sealed);
    if (text) this.show(self, { ...text, isOwn: true });
  }

  /**
   * Takes what another member said.
   *
   * @throws {CryptoRefusal} its author may not say that.
   */
  async take(membership: Membership, { from, message, isPrivate }: Heard): Promise<void> {
    switch (message.type) {
      case "text":
        this.show(from, { ...message, isPrivate, isOwn: isSamePerson(from, membership.group) });
        return;
      case "content_key":
        if (!from.mayCommit) throw new CryptoRefusal("not_a_committer");
        await this.learn(membership, message);
        return;
      case "seats":
        if (message.to === this.self?.device) await this.takeSeats(message.sealed, from);
    }
  }

  /** Makes a message for the epoch of the moment, and again when the server has gone on to another. */
  private async say(
    line: Line,
    make: (group: Group) => Promise<ContentMessage>,
    own?: OwnText,
  ): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const sealed = await line.run(async (membership) => {
        if (!membership.group) throw new CryptoRefusal("removed");
        return membership.seal(encodeContent(await make(membership.group)));
      });
      if (own) this.remember(sealed.message, own);
      try {
        await this.request({ type: "content", ...sealed });
        return;
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        this.own.delete(sealed.message);
        if (error.code !== "stale_epoch" || tries === MOST_TRIES) throw error;
        await line.catchUp();
      }
    }
  }

  private remember(sealed: string, own: OwnText): void {
    this.own.set(sealed, own);
    const [oldest] = this.own.keys();
    if (this.own.size > MOST_OWN && oldest !== undefined) this.own.delete(oldest);
  }

  private async takeSeats(sealed: Bytes, author: Member): Promise<void> {
    const { self } = this;
    if (!self?.shareKey) return;
    if (!author.staff) throw new CryptoRefusal("wrong_host");
    const shared = await openSeats(self.shareKey, self.device, sealed);
    if (!shared) throw new CryptoRefusal("unreadable");
    self.onSeats(shared.map(({ bindKey, ...seat }) => ({ ...seat, key: bindKey, shareKey: null })));
  }

  private async learn(membership: Membership, key: ContentKey): Promise<void> {
    if (membership.keys.some(({ keyId }) => keyId === key.keyId)) return;
    this.keysNow.value = this.keysNow.peek().with(key);
    await membership.addKey(key);
  }

  private show(
    { device, name, mayCommit }: Member,
    { id, text, isPrivate, isOwn }: OwnText & Pick<Text, "isOwn">,
  ): void {
    // Said once more, because its author had no answer.
    if (this.recent.shown.peek().some((one) => one.id === id && one.from === device)) return;
    const at = this.clock.now();
    this.recent.add({ id, from: device, name, leads: mayCommit, text, isPrivate, isOwn, at });
  }
}

function isSamePerson(member: Member, group: Group | null): boolean {
  return member.participant === group?.self.participant;
}
