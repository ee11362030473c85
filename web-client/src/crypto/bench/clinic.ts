import type { DeviceId, Role } from "../../protocol";
import type { SeatKey } from "../candidates";
import type { GroupStore, Kept, LetIn } from "../group-store";
import { fingerprintOf, makeIdentity, type StaffIdentity } from "../identity";
import { bindKeyOf, type Invitation, newSecret, shareKeyOf } from "../invitation";
import { Page } from "./page";
import { type Seat, Server, type Standing } from "./server";

/** Remembers as one browser does. */
export class MemoryStore implements GroupStore {
  readonly kept = new Map<DeviceId, Kept>();
  letIn: LetIn = new Map();

  async load(device: DeviceId): Promise<Kept | null> {
    return structuredClone(this.kept.get(device) ?? null);
  }

  async keep(device: DeviceId, kept: Kept): Promise<void> {
    this.kept.set(device, structuredClone(kept));
  }

  async loadLetIn(): Promise<LetIn> {
    return this.letIn;
  }

  async keepLetIn(letIn: LetIn): Promise<void> {
    this.letIn = letIn;
  }

  async forget(device: DeviceId): Promise<void> {
    this.kept.delete(device);
  }

  async forgetAll(): Promise<void> {
    this.kept.clear();
    this.letIn = new Map();
  }
}

/** A clinic with one session, its host and the guests that a test invites. */
export class Clinic {
  readonly server = new Server();
  readonly identity: StaffIdentity;
  readonly pinned: Invitation["pinned"];
  readonly invitations = new Map<string, Invitation>();
  readonly stores = new Map<string, MemoryStore>();
  private readonly seats = new Map<string, Seat>();

  private constructor(identity: StaffIdentity, pinned: Invitation["pinned"]) {
    this.identity = identity;
    this.pinned = pinned;
  }

  static async open(): Promise<Clinic> {
    const { identity } = await makeIdentity();
    return new Clinic(identity, await fingerprintOf(identity.publicKey));
  }

  /** A page of the host: device `name`, in the browser `browser`. */
  host(name = "host", browser = name, identity = this.identity): Page {
    const seat = { participant: "seat-host", link: "", role: "clinician" as const, name: "Maya" };
    const standing = this.stand(name, seat, "admitted");
    const by = { as: "staff" as const, identity, seats: () => this.seatKeys() };
    return new Page(this.server, standing, by, this.store(browser));
  }

  invite(name: string, more: { role?: Role; serverMade?: boolean } = {}): Invitation {
    const seat = { participant: `seat-${name}`, link: `link-${name}`, name };
    this.seats.set(name, { ...seat, role: more.role ?? "client" });
    const invitation = { secret: newSecret(), pinned: more.serverMade ? null : this.pinned };
    this.invitations.set(name, invitation);
    return invitation;
  }

  /** A page of a guest, who was invited as `name`, on the device `device`. */
  guest(name: string, device = name, invitation = this.invitations.get(name)): Page {
    const seat = this.seats.get(name);
    if (!seat || !invitation) throw new Error("nobody was invited by that name");
    const standing = this.stand(device, seat, "waiting");
    const by = { as: "guest" as const, invitation, link: seat.link };
    return new Page(this.server, standing, by, this.store(device));
  }

  store(browser: string): MemoryStore {
    const store = this.stores.get(browser) ?? new MemoryStore();
    this.stores.set(browser, store);
    return store;
  }

  private stand(device: DeviceId, seat: Seat, state: Standing["state"]): Standing {
    const known = this.server.devices.get(device);
    if (known && known.state !== "out") return known;
    const standing: Standing = { ...seat, device, state, package: null };
    this.server.devices.set(device, standing);
    return standing;
  }

  private async seatKeys(): Promise<SeatKey[]> {
    return Promise.all(
      [...this.seats].map(async ([name, { participant, link, role }]) => {
        const invitation = this.invitations.get(name);
        const proven = invitation && invitation.pinned !== null;
        const key = proven ? await bindKeyOf(invitation.secret) : ("server_made" as const);
        const shareKey = proven ? await shareKeyOf(invitation.secret) : null;
        return { participant, link, role, key, shareKey };
      }),
    );
  }
}
