import type { Connection, DeviceId, ParticipantId, Role } from "../protocol";
import { equal } from "./bytes";
import type { Member } from "./group";

/** What is known of the one who made a key package. */
export type Proof =
  /** Not yet known. */
  | "pending"
  /** Holds the secret of an invitation made for this seat, or the host's identity. */
  | "proven"
  /** Came by a link that the server made and could have used itself. */
  | "server_made"
  /** What the package says and what the host sealed do not fit. */
  | "forged";

/** An admitted device, as the server says. */
export interface Admitted {
  device: DeviceId;
  participant: ParticipantId;
  connection: Connection;
}

/** A device that could be added: whose package is here. */
export interface Candidate {
  device: DeviceId;
  participant: ParticipantId;
  proof: Proof;
  /** The identity that vouches for it, `null` for a guest. */
  staff: Uint8Array | null;
}

/** All that decides what the tree should become. */
export interface Standing {
  self: DeviceId;
  members: readonly Member[];
  admitted: readonly Admitted[];
  /** Members that were not among the admitted for so long that they will not be any more. */
  gone: ReadonlySet<DeviceId>;
  candidates: ReadonlyMap<DeviceId, Candidate>;
  /** As the host sealed them into the seats; the server's word where the server made the link. */
  roles: ReadonlyMap<ParticipantId, Role>;
  /** Devices that somebody at this browser has let in before. */
  letIn: ReadonlySet<DeviceId>;
  /** The host's identity. */
  host: Uint8Array;
  /** This device holds it, and alone can name who may commit. */
  asHost: boolean;
}

export interface Change {
  add: DeviceId[];
  remove: DeviceId[];
  name: DeviceId[];
}

/**
 * The commit that brings the tree in line with who is here, `null` when there is nothing to do or
 * somebody else is to do it. Only what a person has decided is carried out: nobody is added whom
 * the host has not let in, whatever the server says.
 */
export function reconcile(standing: Standing): Change | null {
  if (!acts(standing)) return null;
  const change = {
    add: toAdd(standing),
    remove: toRemove(standing),
    name: [] as DeviceId[],
  };
  if (standing.asHost) change.name = toName(standing, change);
  if (change.add.length + change.remove.length + change.name.length === 0) return null;
  return change;
}

/** Devices that the server has admitted and that are not in the tree: for a person to decide. */
export function outsiders(standing: Standing): Admitted[] {
  const { self, members, admitted, letIn, candidates, host } = standing;
  const inside = devices(members);
  return admitted.filter(({ device }) => {
    const own = isOf(candidates.get(device)?.staff ?? null, host);
    return device !== self && !own && !inside.has(device) && !letIn.has(device);
  });
}

/** Of several committers the first in the tree acts, so that they do not race. */
export function acts({ self, members, admitted }: Standing): boolean {
  const here = new Set(
    admitted.filter(({ connection }) => connection === "here").map(({ device }) => device),
  );
  const committers = members
    .filter(({ device, mayCommit }) => mayCommit && (device === self || here.has(device)))
    .sort((a, b) => a.leaf - b.leaf);
  return committers[0]?.device === self;
}

function toRemove({ self, members, admitted, gone }: Standing): DeviceId[] {
  const here = new Set(admitted.map(({ device }) => device));
  return members
    .map(({ device }) => device)
    .filter((device) => device !== self && gone.has(device) && !here.has(device));
}

function toAdd({ self, members, admitted, candidates, letIn, host, asHost }: Standing): DeviceId[] {
  const inside = devices(members);
  return admitted
    .filter(({ device, connection }) => {
      const candidate = candidates.get(device);
      if (device === self || inside.has(device) || !candidate) return false;
      const { proof, staff } = candidate;
      // Another device of the host's is no use before it may commit, and only the host can say so.
      // One that is lost rather comes back as yet another.
      if (isOf(staff, host)) return asHost && proof === "proven" && connection === "here";
      return letIn.has(device) && (proof === "proven" || proof === "server_made");
    })
    .map(({ device }) => device);
}

function toName({ members, candidates, roles, host }: Standing, change: Change): DeviceId[] {
  const leads = ({ participant, staff }: Pick<Candidate, "participant" | "staff">): boolean =>
    isOf(staff, host) || roles.get(participant) === "co_facilitator";
  const staying = members.filter(
    ({ device, mayCommit }) => !mayCommit && !change.remove.includes(device),
  );
  const coming = change.add
    .map((device) => candidates.get(device))
    .filter((it) => it !== undefined);
  return [...staying, ...coming].filter(leads).map(({ device }) => device);
}

function devices(members: readonly Member[]): Set<DeviceId> {
  return new Set(members.map(({ device }) => device));
}

function isOf(staff: Uint8Array | null, host: Uint8Array): boolean {
  return staff !== null && equal(staff, host);
}
