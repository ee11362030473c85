import { fromBase64url, toBase64url } from "../base64url";
import type { Commit, Delivery, DeviceId, GroupEpoch, Scope, SessionId } from "../protocol";
import type { Bytes } from "./bytes";
import { type ContentMessage, decodeContent, type PrivateText } from "./content";
import { isLater, isSame } from "./epochs";
import { Group, type Member } from "./group";
import type { ContentKey, GroupStore, MadeCommit } from "./group-store";
import type { StaffIdentity } from "./identity";
import { makePackage, type OpenedPackage, type OwnPackage } from "./package";
import { openPrivately } from "./private-text";
import { CryptoRefusal, type RefusalReason } from "./refusal";

/** The device, and what it knows of the host before anything came from the server. */
export interface Self {
  session: SessionId;
  device: DeviceId;
  participant: string;
  name: string;
  /** `null` for a guest. */
  identity: StaffIdentity | null;
  /** Fingerprint of the host's identity; `null` for staff and for a link that the server made. */
  pinned: Bytes | null;
}

/** What a member said: private texts are opened. */
export interface Heard {
  /** As the tree named its author when it came. */
  from: Member;
  message: Exclude<ContentMessage, PrivateText>;
  /** The text was for the facilitators only. */
  isPrivate: boolean;
}

/** What a delivery did. */
export type Outcome =
  /** The device is in a new epoch. */
  | { is: "entered"; group: Group; joined: boolean; added: boolean; removed: boolean }
  | ({ is: "message" } & Heard)
  /** A message of this device's own came back; the device as the tree names it. */
  | { is: "sent"; sealed: string; from: Member }
  /** The device was taken out of the tree. */
  | { is: "out" }
  /** It was not taken, and changed nothing. */
  | { is: "refused"; what: Delivery["what"]["type"]; why: RefusalReason }
  | { is: "nothing" };

const SCOPE: Scope = "session";
/** Commits from one epoch whose fate is open, at most: each try whose answer was lost leaves one. */
const MOST_MADE = 4;
/** A package that was just replaced may be on its way into a commit. */
const MOST_PACKAGES = 2;
const MOST_KEYS = 16;

interface Made {
  kept: MadeCommit;
  next: Group;
}

/**
 * One device's place in the group of a session, kept over reloads. It decides what each delivery
 * means and knows neither network nor clock. No two of its operations may overlap.
 */
export class Membership {
  private readonly store: GroupStore;
  private readonly self: Self;
  private current: Group | null = null;
  private made: Made[] = [];
  private started: Group[] = [];
  private packages: OwnPackage[] = [];
  private seq = 0;
  /** The first epoch that the device was in without a break. */
  private since: GroupEpoch | null = null;
  private newestGroup = 0;
  private host: Bytes | null = null;
  private contentKeys: readonly ContentKey[] = [];
  private readonly sent = new Set<string>();
  private closed = false;

  private constructor(self: Self, store: GroupStore) {
    this.self = self;
    this.store = store;
  }

  /** What was kept of the device, or a new beginning. What cannot be read is not used. */
  static async load(self: Self, store: GroupStore): Promise<Membership> {
    const membership = new Membership(self, store);
    await membership.restore().catch(() => membership.reset());
    return membership;
  }

  get group(): Group | null {
    return this.current;
  }

  /** Number of the last delivery that was taken. */
  get last(): number {
    return this.seq;
  }

  /** Number of the newest group, 0 before the first. */
  get newest(): number {
    return this.newestGroup;
  }

  /** The package by which the device can be added now. */
  async ownPackage(): Promise<OwnPackage> {
    return this.packages.at(-1) ?? (await this.renewPackage());
  }

  /** Keys of what is written in the session, the newest last. */
  get keys(): readonly ContentKey[] {
    return this.contentKeys;
  }

  async addKey(key: ContentKey): Promise<void> {
    this.contentKeys = [...this.contentKeys, key].slice(-MOST_KEYS);
    await this.keep();
  }

  /** Makes a group of which this device is the only member. It is entered once the server took it. */
  async start(number: number): Promise<void> {
    const { identity, session } = this.self;
    if (!identity) throw new CryptoRefusal("not_a_committer");
    const own = await makePackage(this.self);
    const name = { session, scope: SCOPE, group: number };
    this.started.push(await Group.start(own, identity, name));
    await this.keep();
  }

  /** The server did not start the group. */
  async forgetStarted(number: number): Promise<void> {
    this.started = this.started.filter(({ at }) => at.group !== number);
    await this.keep();
  }

  /** Makes the commit of a change and keeps what comes after it. */
  async commit(change: {
    add: OpenedPackage[];
    remove: DeviceId[];
    name: DeviceId[];
  }): Promise<Commit> {
    const group = this.inside();
    const { next, commit, welcome } = await group.commit(change, this.self.identity);
    const to = change.add.map(({ device }) => device);
    const wire: Commit = {
      base: group.at,
      commit: toBase64url(commit),
      welcome: welcome && { to, welcome: toBase64url(welcome) },
    };
    const kept = { commit: wire, next: await next.serialize() };
    this.made = [...this.made, { kept, next }].slice(-MOST_MADE);
    await this.keep();
    return wire;
  }

  /** The server did not take the commit. */
  async forgetCommit(commit: Commit): Promise<void> {
    this.made = this.made.filter(({ kept }) => kept.commit.commit !== commit.commit);
    await this.keep();
  }

  /** Seals a message to the group; what follows it is kept first. */
  async seal(message: Bytes): Promise<{ at: GroupEpoch; message: string }> {
    const group = this.inside();
    const { next, sealed } = await group.seal(message);
    this.current = next;
    await this.keep();
    const text = toBase64url(sealed);
    this.sent.add(text);
    return { at: group.at, message: text };
  }

  /** Takes deliveries in their order, each whatever became of the one before. */
  async take(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const delivery of deliveries) {
      outcomes.push(await this.takeOne(delivery));
      this.seq = delivery.seq;
    }
    // Not kept, it is asked for again after a reload.
    const kept = await this.keep().then(
      () => true,
      () => false,
    );
    // Until then the state before must stay whole: it is what a reload would go on from.
    if (kept && outcomes.some(({ is }) => is === "entered")) this.current?.forgetPast();
    return outcomes;
  }

  private async takeOne(delivery: Delivery): Promise<Outcome> {
    try {
      switch (delivery.what.type) {
        case "started":
          return this.takeStarted(delivery);
        case "commit":
          return await this.takeCommit(delivery.at, delivery.what);
        case "content":
          return await this.takeContent(delivery, delivery.what.message);
        default:
          return { is: "nothing" };
      }
    } catch (error) {
      const why = error instanceof CryptoRefusal ? error.code : "unreadable";
      return { is: "refused", what: delivery.what.type, why };
    }
  }

  private takeStarted({ at, from }: Delivery): Outcome {
    this.newestGroup = Math.max(this.newestGroup, at.group);
    const own = this.started.find((group) => group.at.group === at.group);
    if (!own || from !== this.self.device) return { is: "nothing" };
    this.started = [];
    return this.enter(own, { joined: false });
  }

  private async takeCommit(
    base: GroupEpoch,
    { commit, welcome }: { commit: string; welcome: string | null },
  ): Promise<Outcome> {
    this.newestGroup = Math.max(this.newestGroup, base.group);
    const group = this.current;
    const inOrder = group !== null && isSame(group.at, base);
    if (inOrder) {
      const own = this.made.find(({ kept }) => kept.commit.commit === commit);
      if (own) return this.enter(own.next, { joined: false });
      return await this.follow(group, commit);
    }
    if (group && !isLater(base, group.at)) return { is: "nothing" };
    if (welcome !== null) return await this.join(base, welcome);
    // Another group, or none yet: not for this device. In its own group one went missing.
    if (!group || base.group !== group.at.group) return { is: "nothing" };
    return { is: "refused", what: "commit", why: "wrong_epoch" };
  }

  private async follow(group: Group, commit: string): Promise<Outcome> {
    try {
      return this.enter(await group.receiveCommit(bytesOf(commit)), { joined: false });
    } catch (error) {
      if (!(error instanceof CryptoRefusal) || error.code !== "removed") throw error;
      this.current = null;
      this.made = [];
      return { is: "out" };
    }
  }

  private async join(base: GroupEpoch, welcome: string): Promise<Outcome> {
    const { session, pinned, identity } = this.self;
    const name = { session, scope: SCOPE, group: base.group };
    const known = identity?.publicKey ?? this.host;
    const expect = pinned || !known ? { pinned } : { identity: known };
    let refusal: unknown = new CryptoRefusal("unreadable");
    for (const own of [...this.packages].reverse()) {
      try {
        const group = await Group.join(bytesOf(welcome), own, name, expect);
        // Its secrets are spent: nobody can be let in by it again.
        this.packages = this.packages.filter((kept) => kept !== own);
        return this.enter(group, { joined: true });
      } catch (error) {
        refusal = error;
        if (!(error instanceof CryptoRefusal) || error.code !== "unreadable") break;
      }
    }
    throw refusal;
  }

  private async takeContent({ at, from }: Delivery, sealed: string): Promise<Outcome> {
    const group = this.current;
    if (this.sent.delete(sealed)) {
      return group ? { is: "sent", sealed, from: group.self } : { is: "nothing" };
    }
    // From before this device came, or its own from before a reload, which it cannot open.
    const before = !this.since || at.group !== group?.at.group || isLater(this.since, at);
    if (!group || before || from === this.self.device) return { is: "nothing" };
    const { next, from: author, message } = await group.open(bytesOf(sealed));
    this.current = next;
    const member = next.members.find(({ device }) => device === author);
    if (!member) throw new CryptoRefusal("removed");
    return await hear(next, member, decodeContent(message));
  }

  private enter(group: Group, { joined }: { joined: boolean }): Outcome {
    if (joined || group.at.epoch === 0) this.since = group.at;
    const before = new Set(this.current?.members.map(({ device }) => device));
    const after = new Set(group.members.map(({ device }) => device));
    this.current = group;
    this.made = [];
    this.newestGroup = Math.max(this.newestGroup, group.at.group);
    this.host = group.host;
    const removed = [...before].some((device) => !after.has(device));
    const added = [...after].some((device) => !before.has(device));
    return { is: "entered", group, joined, added, removed };
  }

  /** A new package takes the place of the present one. */
  async renewPackage(): Promise<OwnPackage> {
    const own = await makePackage(this.self);
    this.packages = [...this.packages, own].slice(-MOST_PACKAGES);
    await this.keep();
    return own;
  }

  /** Nothing is kept any more: another page may speak for the device now. */
  close(): void {
    this.closed = true;
  }

  private inside(): Group {
    if (!this.current) throw new CryptoRefusal("removed");
    return this.current;
  }

  private async keep(): Promise<void> {
    if (this.closed) throw new Error("another page speaks for the device");
    await this.store.keep(this.self.device, {
      group: this.current && (await this.current.serialize()),
      made: this.made.map(({ kept }) => kept),
      started: await Promise.all(this.started.map((group) => group.serialize())),
      packages: this.packages,
      last: this.seq,
      since: this.since,
      newest: this.newestGroup,
      host: this.host,
      contentKeys: this.contentKeys,
    });
  }

  private async restore(): Promise<void> {
    const kept = await this.store.load(this.self.device);
    if (!kept) return;
    this.current = kept.group && (await Group.restore(kept.group));
    this.started = await Promise.all(kept.started.map((bytes) => Group.restore(bytes)));
    this.made = await Promise.all(
      kept.made.map(async (made) => ({ kept: made, next: await Group.restore(made.next) })),
    );
    this.packages = [...kept.packages];
    this.seq = kept.last;
    this.since = kept.since;
    this.newestGroup = kept.newest;
    this.host = kept.host;
    this.contentKeys = kept.contentKeys;
  }

  private reset(): void {
    this.current = null;
    this.made = [];
    this.started = [];
    this.packages = [];
    this.seq = 0;
    this.since = null;
    this.newestGroup = 0;
    this.host = null;
    this.contentKeys = [];
  }
}

/** While the group is in the epoch of the message: later its leaves have other keys. */
async function hear(group: Group, from: Member, message: ContentMessage): Promise<Outcome> {
  if (message.type !== "private_text") return { is: "message", from, message, isPrivate: false };
  const text = await openPrivately(group, from, message);
  return text ? { is: "message", from, message: text, isPrivate: true } : { is: "nothing" };
}

function bytesOf(text: string): Bytes {
  const bytes = fromBase64url(text);
  if (!bytes) throw new CryptoRefusal("unreadable");
  return bytes;
}
