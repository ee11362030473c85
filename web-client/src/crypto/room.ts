import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { toBase64url } from "../base64url";
import type {
  ClientMessage,
  DeviceId,
  GroupEpoch,
  IdentityMethod,
  LinkId,
  ParticipantId,
  Room,
  ServerMessage,
  SessionId,
} from "../protocol";
import { Candidates, type SeatKey } from "./candidates";
import { newTextId } from "./content";
import { Epochs, isSame, type Keyed } from "./epochs";
import type { Member } from "./group";
import type { GroupStore, LetIn } from "./group-store";
import type { StaffIdentity } from "./identity";
import { bindKeyOf, bindPackage, type Invitation, shareKeyOf } from "./invitation";
import { Keeper } from "./keeper";
import { Line } from "./line";
import { type Heard, Membership, type Outcome } from "./membership";
import type { Admitted, Proof } from "./reconcile";
import { CryptoRefusal } from "./refusal";
import { withRetries } from "./retry";
import { Roster, shownRoom } from "./roster";
import { type Clock, Recent, type Security, type SecurityEvent, SYSTEM_CLOCK } from "./security";
import { type Audience, Talk } from "./talk";

export type { Security, SecurityEvent, Text } from "./security";
export type { Audience } from "./talk";

export interface SecureRoomOptions {
  session: SessionId;
  /** How the person comes: by what staff hold, or by a link. */
  by:
    | { as: "staff"; identity: StaffIdentity; seats: () => Promise<readonly SeatKey[]> }
    | { as: "guest"; invitation: Invitation; link: LinkId };
  request: (message: ClientMessage) => Promise<ServerMessage>;
  frames: Keyed;
  store: GroupStore;
  /** Whether the page of another device of this browser is gone, though the server may not know. */
  gone?: (device: DeviceId) => Promise<boolean>;
  clock?: Clock;
}

/** The device that this page is. */
export interface Who {
  device: DeviceId;
  participant: ParticipantId;
  name: string;
}

const MOST_EVENTS = 50;

/**
 * The session as a group of devices with keys of their own. It keeps the tree of the group in line
 * with who was let in, tells the frames which keys to use, and takes nothing on the server's word:
 * what is malformed, out of order or by somebody who may not do it changes nothing and is shown.
 */
export class SecureRoom {
  readonly security: ReadonlySignal<Security>;
  /** What was refused, the newest last. */
  readonly events: ReadonlySignal<readonly SecurityEvent[]>;
  /** What members know of those who knock, by device; `proofOf` reads it. */
  readonly proofs: ReadonlySignal<ReadonlyMap<DeviceId, Proof>>;
  /** Devices that the server admitted and nobody at this browser let in: a person must decide. */
  readonly outside: ReadonlySignal<readonly Admitted[]>;
  readonly talk: Talk;
  private readonly securityNow = signal<Security>({ is: "starting" });
  private readonly outsideNow = signal<ReadonlySignal<readonly Admitted[]>>(signal([]));
  private readonly refused = new Recent<SecurityEvent>(MOST_EVENTS);

  private readonly options: SecureRoomOptions;
  private readonly clock: Clock;
  private readonly epochs: Epochs;
  private readonly candidates: Candidates;
  private readonly roster: Roster;
  private who: Who | null = null;
  private line: Line | null = null;
  private keeper: Keeper | null = null;
  private opening: Promise<void> | null = null;
  /** What the host lets a co-facilitator know of the seats. */
  private sharedSeats: readonly SeatKey[] | null = null;
  private greeted = false;
  private wasSecure = false;
  private inRoom = false;
  /** The epoch that the server was last told of on this connection. */
  private reached: GroupEpoch | null = null;
  private stopped = false;

  constructor(options: SecureRoomOptions) {
    const { by, session, frames, request } = options;
    this.options = options;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.epochs = new Epochs(frames, this.clock.after);
    this.roster = new Roster(this.clock.now);
    this.candidates = new Candidates({
      session,
      host: () => (by.as === "staff" ? by.identity.publicKey : null),
      seats: async () => {
        if (by.as === "staff") return by.seats();
        if (!this.sharedSeats) throw new CryptoRefusal("stranger");
        return this.sharedSeats;
      },
      unproven: by.as === "guest" && by.invitation.pinned === null,
    });
    this.talk = new Talk(this.clock, request);
    this.security = this.securityNow;
    this.outside = computed(() => this.outsideNow.value.value);
    this.events = this.refused.shown;
    this.proofs = this.candidates.proofs;
  }

  /** The server greeted this page as a device, now or again after a loss. */
  greet(who: Who): void {
    if (this.greeted || this.stopped) return;
    this.greeted = true;
    this.who ??= who;
    this.opening ??= this.open(this.who);
    void this.opening.then(() => this.publish()).catch(() => {});
  }

  /** The connection is lost. What is held stays; the server is asked anew after the next greeting. */
  lose(): void {
    this.greeted = false;
    this.inRoom = false;
    this.reached = null;
    this.line?.lose();
  }

  /** Takes what the server says; what is not for the group is passed over. */
  receive(message: ServerMessage): void {
    if (this.stopped) return;
    switch (message.type) {
      case "room":
        this.takeRoom(message.room);
        return;
      case "packages":
        void this.judged(this.candidates.take(message.packages));
        return;
      case "delivery":
        void this.opening?.then(() => this.line?.take(message.delivery));
        return;
      case "settled":
        this.epochs.settled(message.at);
    }
  }

  proofOf(device: DeviceId): Proof {
    return this.candidates.proofOf(device);
  }

  /**
   * The room as it is shown: those in the tree, by their own names. `null` before the first keys;
   * oneself alone when there will be none or they were lost.
   */
  shown(room: Room): Room | null {
    const security = this.securityNow.value;
    if (security.is === "secure") return shownRoom(room, security.members);
    if (security.is === "starting" && !this.wasSecure) return null;
    return { ...room, present: room.present.filter(({ device }) => device === room.you) };
  }

  /** Lets a device in; as `Keeper.admit`. */
  async admit(device: DeviceId, identity: IdentityMethod, override: boolean): Promise<void> {
    await (await this.inside()).admit(device, identity, override);
  }

  /** Takes a device out; as `Keeper.remove`. */
  async remove(device: DeviceId): Promise<void> {
    await (await this.inside()).remove(device);
  }

  /** Says a text to everyone in the group or to the facilitators only; as `Talk.sayText`. */
  async sendText(text: string, to: Audience = "everyone", id = newTextId()): Promise<void> {
    if (!this.line) throw new CryptoRefusal("removed");
    await this.talk.sayText(this.line, { id, text }, to);
  }

  /** The device that this page is; `null` before the server's first greeting. */
  get device(): DeviceId | null {
    return this.who?.device ?? null;
  }

  get texts() {
    return this.talk.texts;
  }

  /** The place of a device in the tree; `null` while it has none. Reads `security`. */
  leafOf(device: DeviceId): number | null {
    const security = this.securityNow.value;
    if (security.is !== "secure") return null;
    return security.members.find((member) => member.device === device)?.leaf ?? null;
  }

  /** Nothing is done any more. What is kept stays for a reload, unless the session is `over`. */
  stop(over: "for_all" | "for_me" | null): void {
    this.stopped = true;
    this.epochs.stop();
    this.keeper?.stop();
    this.line?.membership.close();
    const { store } = this.options;
    if (over === "for_all") void store.forgetAll().catch(() => {});
    if (over === "for_me" && this.who) void store.forget(this.who.device).catch(() => {});
  }

  private async open(who: Who): Promise<void> {
    const { by, session, store, request } = this.options;
    const identity = by.as === "staff" ? by.identity : null;
    const pinned = by.as === "guest" ? by.invitation.pinned : null;
    const self = { session, ...who, identity, pinned };
    const letIn = await store.loadLetIn().catch((): LetIn => new Map());
    const membership = await Membership.load(self, store);
    const shareKey = by.as === "guest" ? await shareKeyOf(by.invitation.secret) : null;
    const onSeats = (seats: readonly SeatKey[]): void => {
      this.sharedSeats = seats;
      void this.judged(this.candidates.again());
    };
    this.talk.open({ device: who.device, shareKey, onSeats }, membership);
    const { clock, roster, candidates } = this;
    const line = new Line(membership, {
      request,
      clock,
      onOutcomes: (outcomes) => this.follow(outcomes),
    });
    this.line = line;
    const asHost = by.as === "staff";
    const gone = this.options.gone ?? (async () => false);
    const mine = { self: who.device, asHost, letIn, gone };
    this.keeper = new Keeper({ ...mine, line, candidates, roster, store, request, clock });
    this.outsideNow.value = this.keeper.outside;
    const { group } = membership;
    if (!group) return;
    await this.enter({ is: "entered", group, joined: false, added: true, removed: false });
  }

  /** Offers to be added, by a package that was not used. */
  private async publish(): Promise<void> {
    const { by, session, request } = this.options;
    const own = await this.line?.run((membership) => membership.ownPackage());
    if (!own) return;
    const binding =
      by.as === "guest"
        ? await bindPackage(await bindKeyOf(by.invitation.secret), own.ref, session, by.link)
        : null;
    await withRetries(this.clock, () =>
      request({
        type: "package",
        package: toBase64url(own.publicBytes),
        binding: binding && toBase64url(binding),
      }),
    );
  }

  private takeRoom(room: Room): void {
    this.roster.take(room);
    if (this.inRoom) {
      this.keeper?.settle();
      return;
    }
    this.inRoom = true;
    void this.opening?.then(() => this.catchUp()).catch(() => {});
  }

  private async catchUp(): Promise<void> {
    const { line } = this;
    if (!line || !this.inRoom) return;
    await line.catchUp();
    this.reach();
    if (this.options.by.as === "staff" && !line.membership.group) await this.keeper?.begin();
    this.keeper?.settle();
  }

  private async follow(outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) await this.followOne(outcome);
    if (outcomes.some(({ is }) => is === "entered")) this.reach();
    this.keeper?.settle();
  }

  /** Tells the server that this device has the keys of its epoch. */
  private reach(): void {
    const at = this.line?.membership.group?.at;
    if (!at || !this.inRoom || (this.reached && isSame(at, this.reached))) return;
    this.reached = at;
    this.options.request({ type: "reached", at }).catch(() => {});
  }

  private async followOne(outcome: Outcome): Promise<void> {
    switch (outcome.is) {
      case "entered":
        await this.enter(outcome);
        return;
      case "sent":
        this.talk.came(outcome.from, outcome.sealed);
        return;
      case "message":
        await this.hear(outcome);
        return;
      case "out":
        this.epochs.stop();
        this.securityNow.value = { is: "starting" };
        void this.publish().catch(() => {});
        return;
      case "refused":
        this.show(outcome.what === "content" ? "message_refused" : "commit_refused", outcome.why);
        // Without keys there is nothing to stay with.
        if (outcome.what === "commit" && this.securityNow.peek().is !== "secure") {
          this.securityNow.value = { is: "refused", why: outcome.why };
        }
    }
  }

  private async enter(entered: Outcome & { is: "entered" }): Promise<void> {
    const { group, joined, added, removed } = entered;
    const [key, code] = await Promise.all([group.frameKey(), group.safetyCode()]);
    if (this.stopped) return;
    this.epochs.enter(group.at, key, group.self.leaf, { removed });
    this.wasSecure = true;
    this.securityNow.value = {
      is: "secure",
      at: group.at,
      code,
      members: group.members,
      serverProof: this.isServerProof(group.members),
    };
    if (joined) {
      // What was offered is used up; the next group needs another.
      void this.publish().catch(() => {});
    }
    const { line, keeper } = this;
    if (this.options.by.as !== "staff" || !line?.caughtUp || !keeper?.acts) return;
    if (added || removed) this.talk.shareKey(line, { renew: removed }).catch(() => {});
    this.shareSeats();
  }

  /** Those who could be added were looked at. */
  private async judged(judging: Promise<readonly DeviceId[]>): Promise<void> {
    for (const _ of await judging) this.show("knock_forged", null);
    this.line?.changed();
    this.shareSeats();
    this.keeper?.settle();
  }

  private shareSeats(): void {
    const { line } = this;
    if (!line?.caughtUp || this.options.by.as !== "staff") return;
    for (const member of line.membership.group?.members ?? []) {
      if (!member.mayCommit || member.staff) continue;
      this.talk.shareSeats(line, member, this.candidates.seats).catch(() => {});
    }
  }

  private async hear(heard: Heard): Promise<void> {
    if (!this.line) return;
    try {
      await this.talk.take(this.line.membership, heard);
    } catch (error) {
      this.show("message_refused", error instanceof CryptoRefusal ? error.code : "unreadable");
    }
  }

  private async inside(): Promise<Keeper> {
    await this.opening;
    if (!this.keeper) throw new CryptoRefusal("removed");
    return this.keeper;
  }

  private isServerProof(members: readonly Member[]): boolean {
    const { by } = this.options;
    if (by.as === "guest") return by.invitation.pinned !== null;
    return !this.keeper?.knowsServerMade(members);
  }

  private show(is: SecurityEvent["is"], why: SecurityEvent["why"]): void {
    this.refused.add({ is, why, at: this.clock.now() });
  }
}
