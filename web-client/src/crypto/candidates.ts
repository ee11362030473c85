import { type Signal, signal } from "@preact/signals";
import { fromBase64url } from "../base64url";
import type { DeviceId, DevicePackage, LinkId, ParticipantId, Role, SessionId } from "../protocol";
import { type Bytes, equal } from "./bytes";
import { verifyBinding } from "./invitation";
import { type OpenedPackage, readPackage } from "./package";
import type { Candidate, Proof } from "./reconcile";

/** What a committer knows of a link by which the guest of a seat may come. */
export interface SeatKey {
  participant: ParticipantId;
  link: LinkId;
  /**
   * Verifies the knock. `server_made`: the server made the link, so nothing can. `unfit`: what was
   * sealed cannot be opened, or is of another role or name than the server says.
   */
  key: Bytes | "server_made" | "unfit";
  /** As sealed; as the server says when nothing is. */
  role: Role;
  /** Under it goes what only the guest of this link may read; `null`: not known here. */
  shareKey: Bytes | null;
}

export interface CandidatesOptions {
  session: SessionId;
  /** The host's identity, once it is known. */
  host: () => Bytes | null;
  /** Every seat that has a link now. */
  seats: () => Promise<readonly SeatKey[]>;
  /** This device itself came by a link that the server made: it can prove nobody. */
  unproven: boolean;
}

interface Judged {
  listed: DevicePackage;
  opened: OpenedPackage | null;
  proof: Proof;
}

/** Packages looked at, at most; a session has far fewer devices. */
const MOST = 256;

/** Those who could be added to the group, and what is known of each. For committers. */
export class Candidates {
  /** By device, of every package that the server has shown. */
  readonly proofs: Signal<ReadonlyMap<DeviceId, Proof>> = signal(new Map());
  private readonly options: CandidatesOptions;
  private packages: readonly DevicePackage[] = [];
  private judged = new Map<DeviceId, Judged>();
  /** Every link that was ever seen: who came by one that was replaced since is still proven by it. */
  private readonly links = new Map<LinkId, SeatKey>();

  constructor(options: CandidatesOptions) {
    this.options = options;
  }

  /** Takes the whole list that the server shows. Gives those devices that turned out forged now. */
  async take(packages: readonly DevicePackage[]): Promise<DeviceId[]> {
    this.packages = packages;
    const before = this.judged;
    const after = new Map<DeviceId, Judged>();
    const fresh: Judged[] = [];
    for (const listed of packages.slice(0, MOST)) {
      const known = before.get(listed.device);
      const same = known !== undefined && isSamePackage(known.listed, listed);
      const judged: Judged = same
        ? { ...known, listed }
        : { listed, opened: null, proof: "pending" };
      after.set(listed.device, judged);
      if (!same || known.proof === "pending") fresh.push(judged);
    }
    this.judged = after;
    this.show();
    await Promise.all(fresh.map((judged) => this.judge(judged)));
    this.show();
    return fresh
      .filter((judged) => judged.proof === "forged" && this.isShown(judged))
      .map(({ listed }) => listed.device);
  }

  /** More is known of the seats: those who could not be proven are looked at once more. */
  again(): Promise<DeviceId[]> {
    for (const [device, { proof }] of this.judged) {
      if (proof === "forged") this.judged.delete(device);
    }
    return this.take(this.packages);
  }

  /** Every link that is known. */
  get seats(): readonly SeatKey[] {
    return [...this.links.values()];
  }

  proofOf(device: DeviceId): Proof {
    return this.proofs.value.get(device) ?? "pending";
  }

  /** The package by which a device can be added; `null` when there is none that may be. */
  packageOf(device: DeviceId): OpenedPackage | null {
    const judged = this.judged.get(device);
    return judged?.proof === "proven" || judged?.proof === "server_made" ? judged.opened : null;
  }

  /** Those whose packages could be read. */
  all(): Map<DeviceId, Candidate> {
    const all = new Map<DeviceId, Candidate>();
    for (const [device, { opened, proof }] of this.judged) {
      if (!opened) continue;
      all.set(device, { device, participant: opened.participant, proof, staff: opened.staff });
    }
    return all;
  }

  roles(): Map<ParticipantId, Role> {
    const keys = [...this.links.values()].filter(({ key }) => key !== "unfit");
    return new Map(keys.map(({ participant, role }) => [participant, role]));
  }

  private async judge(judged: Judged): Promise<void> {
    const { listed } = judged;
    const opened = await this.open(listed);
    if (!opened) {
      judged.proof = "forged";
      return;
    }
    judged.opened = opened;
    if (opened.staff) {
      const host = this.options.host();
      judged.proof = host !== null && equal(opened.staff, host) ? "proven" : "forged";
      return;
    }
    const known = await this.prove(opened, listed);
    if (known === "proven") {
      judged.proof = known;
      return;
    }
    if (this.options.unproven) {
      judged.proof = "server_made";
      return;
    }
    // The link may be newer than what is known of the seats. Not told, the question stays open.
    if (await this.renew()) judged.proof = await this.prove(opened, listed);
  }

  private async open(listed: DevicePackage): Promise<OpenedPackage | null> {
    const bytes = fromBase64url(listed.package);
    if (!bytes) return null;
    try {
      const opened = await readPackage(bytes, this.options.session);
      const fits = opened.device === listed.device && opened.participant === listed.participant;
      return fits ? opened : null;
    } catch {
      return null;
    }
  }

  private async prove(opened: OpenedPackage, { binding }: DevicePackage): Promise<Proof> {
    const links = [...this.links.values()].filter(
      ({ participant }) => participant === opened.participant,
    );
    const code = binding === null ? null : fromBase64url(binding);
    for (const { key, link } of links) {
      if (typeof key === "string" || !code) continue;
      if (await verifyBinding(key, opened.ref, this.options.session, link, code)) return "proven";
    }
    // Once the host made a link for a seat, the server's own is none for it.
    const serverMade = links.length > 0 && links.every(({ key }) => key === "server_made");
    return serverMade ? "server_made" : "forged";
  }

  private async renew(): Promise<boolean> {
    const seats = await this.options.seats().catch(() => null);
    for (const seat of seats ?? []) this.links.set(seat.link, seat);
    return seats !== null;
  }

  private show(): void {
    this.proofs.value = new Map([...this.judged].map(([device, { proof }]) => [device, proof]));
  }

  private isShown(judged: Judged): boolean {
    return this.judged.get(judged.listed.device) === judged;
  }
}

function isSamePackage(a: DevicePackage, b: DevicePackage): boolean {
  return a.package === b.package && a.binding === b.binding && a.participant === b.participant;
}
