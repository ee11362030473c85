// The server's part in a session, in memory, for the tests.

import { RefusedError } from "../../connection/errors";
import type {
  ClientMessage,
  Commit,
  Delivery,
  DeviceId,
  GroupEpoch,
  Present,
  RefusalCode,
  Role,
  Room,
  ServerMessage,
} from "../../protocol";

export const SESSION = "session-1";

export interface Seat {
  participant: string;
  link: string;
  role: Role;
  name: string;
}

export interface Standing extends Seat {
  device: DeviceId;
  state: "waiting" | "admitted" | "out";
  package: { package: string; binding: string | null } | null;
}

interface Stored {
  delivery: Delivery;
  welcome: { to: DeviceId[]; welcome: string } | null;
}

/** What the server sends to. */
export interface Tab {
  readonly who: { device: DeviceId };
  receive(message: ServerMessage): void;
}

/** What the server does, and what a test makes it do wrong. */
export class Server {
  readonly devices = new Map<DeviceId, Standing>();
  readonly log: Stored[] = [];
  /** Devices whose page is gone without the server knowing. */
  readonly frozen = new Set<DeviceId>();
  readonly pages = new Map<DeviceId, Tab>();
  /** Every request, in order. */
  readonly asked: Array<{ from: DeviceId; message: ClientMessage }> = [];
  /** Changes what is delivered to a device; an empty list: nothing. */
  tamper: (to: DeviceId, delivery: Delivery) => Delivery[] = (_, delivery) => [delivery];
  /** Called before a request is looked at; may throw in its place. */
  before: (from: DeviceId, message: ClientMessage) => void = () => {};
  /** Called after a request was carried out, before it is answered; may throw in its place. */
  after: (from: DeviceId, message: ClientMessage) => void = () => {};
  private readonly live = new Set<DeviceId>();
  private readonly reached = new Map<DeviceId, GroupEpoch>();
  head: GroupEpoch | null = null;

  connect(page: Tab): void {
    this.pages.set(page.who.device, page);
    this.live.delete(page.who.device);
    const standing = this.devices.get(page.who.device);
    if (!standing || standing.state === "out") throw new Error("no such device");
    this.greet(page.who.device);
    this.tellPackages();
    if (standing.state === "admitted") this.tellRooms();
  }

  disconnect(device: DeviceId): void {
    this.pages.delete(device);
    this.live.delete(device);
    this.tellRooms();
  }

  /** The device goes for good. */
  leave(device: DeviceId): void {
    const standing = this.devices.get(device);
    if (standing) standing.state = "out";
    this.disconnect(device);
    this.tellPackages();
  }

  request(from: DeviceId, message: ClientMessage): void {
    this.asked.push({ from, message });
    this.before(from, message);
    this.carryOut(from, message);
    this.after(from, message);
  }

  deliver(to: DeviceId, delivery: Delivery): void {
    for (const changed of this.tamper(to, delivery)) {
      this.pages.get(to)?.receive({ type: "delivery", delivery: changed });
    }
  }

  tellPackages(): void {
    const packages = [...this.devices.values()].flatMap((standing) => {
      const { device, participant, state } = standing;
      if (state === "out" || !standing.package) return [];
      return [{ device, participant, ...standing.package, admitted: state === "admitted" }];
    });
    for (const page of this.pages.values()) {
      const role = this.devices.get(page.who.device)?.role;
      if (role === "clinician" || role === "co_facilitator") {
        page.receive({ type: "packages", packages });
      }
    }
  }

  tellRooms(): void {
    for (const { device, state } of this.devices.values()) {
      if (state === "admitted") this.pages.get(device)?.receive(this.roomOf(device));
    }
  }

  private carryOut(from: DeviceId, message: ClientMessage): void {
    const standing = this.devices.get(from);
    if (!standing) throw refused("not_found");
    switch (message.type) {
      case "package":
        standing.package = { package: message.package, binding: message.binding };
        this.tellPackages();
        return;
      case "start_group": {
        if (message.group !== (this.head?.group ?? 0) + 1) throw refused("conflict");
        this.head = { scope: "session", group: message.group, epoch: 0 };
        this.append(from, this.head, { type: "started" }, null);
        return;
      }
      case "admit": {
        const knocking = this.devices.get(message.device);
        if (knocking?.state !== "waiting") throw refused("not_found");
        this.accept(from, message.commit, () => {
          knocking.state = "admitted";
          this.tellRooms();
        });
        this.tellPackages();
        return;
      }
      case "remove": {
        const removed = this.devices.get(message.device);
        if (removed?.state !== "admitted") throw refused("not_found");
        if (message.commit) this.accept(from, message.commit, () => {});
        this.leave(message.device);
        return;
      }
      case "commit":
        this.accept(from, message.commit, () => {});
        return;
      case "content":
        this.append(from, message.at, { type: "content", message: message.message }, null);
        return;
      case "catch_up": {
        if (standing.state !== "admitted") throw refused("not_now");
        const welcome = this.log.findLast((stored) => stored.welcome?.to.includes(from));
        const begin = Math.max(message.after + 1, welcome?.delivery.seq ?? 0);
        for (const stored of this.log) {
          if (stored.delivery.seq >= begin) this.deliver(from, forDevice(stored, from));
        }
        this.live.add(from);
        return;
      }
      case "reached":
        this.reached.set(from, message.at);
        this.tellSettled(message.at);
    }
  }

  private accept(from: DeviceId, commit: Commit, and: () => void): void {
    const { head } = this;
    if (head?.group !== commit.base.group || head.epoch !== commit.base.epoch) {
      throw refused("stale_epoch");
    }
    this.head = { ...head, epoch: head.epoch + 1 };
    and();
    const what = { type: "commit" as const, commit: commit.commit, welcome: null };
    this.append(from, commit.base, what, commit.welcome);
  }

  private append(
    from: DeviceId,
    at: GroupEpoch,
    what: Delivery["what"],
    welcome: Stored["welcome"],
  ): void {
    const stored = { delivery: { seq: this.log.length + 1, from, at, what }, welcome };
    this.log.push(stored);
    for (const device of this.live) this.deliver(device, forDevice(stored, device));
  }

  private tellSettled(at: GroupEpoch): void {
    const admitted = [...this.devices.values()].filter(({ state }) => state === "admitted");
    const here = admitted.filter(({ device }) => this.pages.has(device));
    const all = here.every(({ device }) => {
      const reached = this.reached.get(device);
      return reached?.group === at.group && reached.epoch >= at.epoch;
    });
    if (!all) return;
    for (const { device } of here) this.pages.get(device)?.receive({ type: "settled", at });
  }

  private greet(device: DeviceId): void {
    const standing = this.devices.get(device);
    if (standing?.state === "admitted") return;
    this.pages.get(device)?.receive({
      type: "waiting",
      waiting: {
        device,
        clinician: "Maya",
        clinician_here: true,
        starts_at: 0,
        since: 0,
        missing: [],
      },
    });
  }

  private roomOf(you: DeviceId): ServerMessage {
    const present: Present[] = [...this.devices.values()]
      .filter(({ state }) => state === "admitted")
      .map(({ device, participant, role, name }) => ({
        device,
        participant,
        name: `${name}, says the server`,
        role,
        media: { microphone: true, camera: true, screen: false },
        connection: this.pages.has(device) ? "here" : "lost",
      }));
    const room: Room = {
      session: SESSION,
      kind: "group_class",
      state: "live",
      starts_at: 0,
      ends_at: 1,
      live_since: 0,
      you,
      present,
      chat: true,
      boards: { open: 0, shown: null, drawers: "everyone", may_draw: true },
    };
    return { type: "room", room };
  }
}

function forDevice({ delivery, welcome }: Stored, device: DeviceId): Delivery {
  const { what } = delivery;
  if (what.type !== "commit") return delivery;
  const own = welcome?.to.includes(device) ? welcome.welcome : null;
  return { ...delivery, what: { ...what, welcome: own } };
}

function refused(code: RefusalCode): RefusedError {
  return new RefusedError({ code, reason: "", retry_after: null });
}
