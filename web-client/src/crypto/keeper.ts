import { type ReadonlySignal, signal } from "@preact/signals";
import { RefusedError } from "../connection/errors";
import type { ClientMessage, DeviceId, IdentityMethod, ServerMessage } from "../protocol";
import type { Candidates } from "./candidates";
import { Committer } from "./committer";
import type { Member } from "./group";
import type { GroupStore, LetIn } from "./group-store";
import type { Line } from "./line";
import {
  type Admitted,
  acts,
  type Change,
  outsiders,
  type Proof,
  reconcile,
  type Standing,
} from "./reconcile";
import { CryptoRefusal } from "./refusal";
import type { Roster } from "./roster";
import type { Clock } from "./security";
import { Timers } from "./timers";

export interface KeeperOptions {
  self: DeviceId;
  /** This device holds the host's identity. */
  asHost: boolean;
  line: Line;
  candidates: Candidates;
  roster: Roster;
  store: GroupStore;
  letIn: LetIn;
  /** Whether the page of another device of this browser is gone, though the server may not know. */
  gone: (device: DeviceId) => Promise<boolean>;
  request: (message: ClientMessage) => Promise<ServerMessage>;
  clock: Clock;
}

/** Milliseconds. */
const OTHER_DEVICE_ADDS_WITHIN = 3_000;
const READY_WITHIN = 5_000;
const AGAIN = 2_000;
const MOST_FAILURES = 5;

/**
 * Keeps the tree in line with who is in the session: carries out what people decide, and by itself
 * what follows from it. On devices that may not commit it does nothing.
 */
export class Keeper {
  /** Devices that the server admitted and nobody at this browser let in: a person must decide. */
  readonly outside: ReadonlySignal<readonly Admitted[]>;
  private readonly outsideNow = signal<readonly Admitted[]>([]);
  private readonly options: KeeperOptions;
  private readonly committer: Committer;
  private readonly timers: Timers;
  private letIn: LetIn;
  /** Devices that are gone, and the server has not noticed yet. */
  private readonly leftBehind = new Set<DeviceId>();
  private failures = 0;
  private callOffLook = (): void => {};

  constructor(options: KeeperOptions) {
    const { line, candidates, request, clock, letIn } = options;
    this.options = options;
    this.letIn = letIn;
    this.committer = new Committer(line, candidates, request);
    this.timers = new Timers(clock.after);
    this.outside = this.outsideNow;
  }

  /** Of several committers this is the one that acts by itself. */
  get acts(): boolean {
    const standing = this.standing();
    return standing !== null && acts(standing);
  }

  /** Whether any of these was let in by a link that the server made, as far as is known here. */
  knowsServerMade(members: readonly Member[]): boolean {
    return members.some(({ device }) => this.letIn.get(device) === "server_made");
  }

  /**
   * Lets a device in: one that knocks, or one that the server admitted and the group does not hold.
   *
   * @throws {CryptoRefusal} it is not who it says it is, or offers nothing to be added by.
   * @throws {RefusedError} the server refused it.
   * @throws {DisconnectedError} it is not known whether it was let in; the list will tell.
   */
  async admit(device: DeviceId, identity: IdentityMethod, override: boolean): Promise<void> {
    await this.ready();
    const { line, candidates, roster } = this.options;
    const decided = (): boolean => candidates.proofs.peek().get(device) !== "pending";
    await line.until(() => candidates.proofs.peek().has(device) && decided(), READY_WITHIN);
    const proof = candidates.proofs.peek().get(device);
    if (!proof || !candidates.packageOf(device)) throw new CryptoRefusal("stranger");
    void this.decide((letIn) => letIn.set(device, proof));
    const inside = roster.has(device);
    try {
      await this.committer.commit(
        () => this.addition(device),
        (commit) =>
          inside
            ? { type: "commit", commit }
            : { type: "admit", device, identity, override_missing: override, commit },
      );
    } catch (error) {
      if (error instanceof RefusedError) void this.decide((letIn) => letIn.delete(device));
      throw error;
    }
  }

  /**
   * Takes a device out, of the session and of the tree.
   *
   * @throws {RefusedError} the server refused it.
   */
  async remove(device: DeviceId): Promise<void> {
    await this.ready();
    void this.decide((letIn) => letIn.delete(device));
    const change: Change = { add: [], remove: [device], name: [] };
    const made = await this.committer.commit(
      () => (this.holds(device) ? change : null),
      (commit) => ({ type: "remove", device, commit }),
    );
    if (!made) await this.options.request({ type: "remove", device, commit: null });
  }

  /**
   * The host's device without a group: makes the first, is added to the present one by another of
   * the host's devices, or makes the next.
   */
  async begin(): Promise<void> {
    const { line, request } = this.options;
    const inside = (): boolean => line.membership.group !== null;
    if (line.membership.newest > 0 && (await this.otherDeviceHere())) {
      if (await line.until(inside, OTHER_DEVICE_ADDS_WITHIN)) return;
    }
    const group = line.membership.newest + 1;
    await line.run((membership) => membership.start(group));
    try {
      await request({ type: "start_group", scope: "session", group });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      await line.run((membership) => membership.forgetStarted(group));
      this.again(
        () =>
          void line
            .catchUp()
            .then(() => this.begin())
            .catch(() => {}),
      );
    }
  }

  /** Brings the tree in line with who is here, as far as this device is the one to do it. */
  settle(): void {
    const { line, roster } = this.options;
    // Once the server knows too, what it says counts again.
    for (const { device, connection } of roster.present) {
      if (connection === "lost") this.leftBehind.delete(device);
    }
    const standing = this.standing();
    if (!standing) return;
    this.outsideNow.value = outsiders(standing);
    this.lookAgain(standing.members);
    if (!line.caughtUp || !reconcile(standing)) return;
    const change = (): Change | null => {
      const now = this.standing();
      return now && reconcile(now);
    };
    this.committer
      .commit(change, (commit) => ({ type: "commit", commit }))
      .then(
        () => {
          this.failures = 0;
        },
        () => this.again(() => this.settle()),
      );
  }

  stop(): void {
    this.timers.clear();
  }

  /** Tries again what failed, a few times in a row. */
  private again(act: () => void): void {
    this.failures += 1;
    if (this.failures < MOST_FAILURES) this.timers.set(AGAIN, act);
  }

  /** Those who may have gone are looked at again when that will be known. */
  private lookAgain(members: readonly Member[]): void {
    this.callOffLook();
    const { again } = this.options.roster.gone(members);
    if (again !== null) this.callOffLook = this.timers.set(again, () => this.settle());
  }

  private standing(): Standing | null {
    const { self, asHost, line, roster, candidates } = this.options;
    const { group } = line.membership;
    if (!group) return null;
    return {
      self,
      members: group.members,
      admitted: roster.present.map((present) =>
        this.leftBehind.has(present.device) ? { ...present, connection: "lost" } : present,
      ),
      gone: roster.gone(group.members).gone,
      candidates: candidates.all(),
      roles: candidates.roles(),
      letIn: new Set(this.letIn.keys()),
      host: group.host,
      asHost,
    };
  }

  private addition(device: DeviceId): Change | null {
    const standing = this.standing();
    if (!standing || this.holds(device)) return null;
    const participant = standing.candidates.get(device)?.participant;
    const leads = participant && standing.roles.get(participant) === "co_facilitator";
    return { add: [device], remove: [], name: standing.asHost && leads ? [device] : [] };
  }

  private holds(device: DeviceId): boolean {
    const members = this.options.line.membership.group?.members ?? [];
    return members.some((member) => member.device === device);
  }

  private async otherDeviceHere(): Promise<boolean> {
    const { roster, self, gone } = this.options;
    const others = roster.present.filter(
      ({ device, role, connection }) =>
        device !== self && role === "clinician" && connection === "here",
    );
    for (const { device } of others) {
      if (await gone(device).catch(() => false)) this.leftBehind.add(device);
    }
    return others.some(({ device }) => !this.leftBehind.has(device));
  }

  private async ready(): Promise<void> {
    const { line } = this.options;
    const ready = (): boolean => line.membership.group !== null && line.caughtUp;
    if (!(await line.until(ready, READY_WITHIN))) throw new CryptoRefusal("wrong_epoch");
  }

  private async decide(change: (letIn: Map<DeviceId, Proof>) => void): Promise<void> {
    const letIn = new Map(this.letIn);
    change(letIn);
    this.letIn = letIn;
    // Not kept, a person is asked again after a reload.
    await this.options.store.keepLetIn(letIn).catch(() => {});
  }
}
