// The policy of a group: who may commit. It lies in the group context, so every epoch's keys depend on it, and is
// signed by the host's staff identity.
//
// The leaves that the host's identity has signed for may always commit, so that the host's second device and the host
// that comes back need nobody. Others may when the policy names their leaf's signature key.

import type { Extension } from "ts-mls/extension.js";
import { type Bytes, concat, copyOf, equal, field, Reader, transcript, uint32 } from "./bytes";
import type { LeafIdentity } from "./credential";
import { type StaffIdentity, signAs, verifyBy } from "./identity";
import { CryptoRefusal } from "./refusal";
import { POLICY_EXTENSION } from "./suite";

export interface Policy {
  readonly groupId: Bytes;
  /** Grows with every change, so that an older policy cannot come back. */
  readonly version: number;
  /** Public key of the host's identity; the same for the whole life of the group. */
  readonly host: Bytes;
  /** Signature keys of the leaves that the host has named. */
  readonly committers: readonly Bytes[];
}

export async function signPolicy(identity: StaffIdentity, policy: Policy): Promise<Extension> {
  const signature = await signAs(identity, policyTranscript(policy));
  const extensionData = concat(
    FORMAT,
    field(policy.groupId),
    uint32(policy.version),
    field(policy.host),
    field(concat(...policy.committers.map(field))),
    field(signature),
  );
  return { extensionType: POLICY_EXTENSION, extensionData };
}

/** The policy in a group context, its signature not verified. Throws `CryptoRefusal` (`bad_policy`). */
export function readPolicy(extensions: readonly Extension[]): Policy {
  return read(extensions).policy;
}

/** The policy in a group context, for this group and signed by the host it names. Throws `CryptoRefusal` (`bad_policy`). */
export async function verifyPolicy(
  extensions: readonly Extension[],
  groupId: Uint8Array,
): Promise<Policy> {
  const { policy, signature } = read(extensions);
  if (!equal(policy.groupId, groupId)) throw badPolicy();
  if (!(await verifyBy(policy.host, policyTranscript(policy), signature))) throw badPolicy();
  return policy;
}

/** Throws `CryptoRefusal` (`bad_policy`) unless `next` may take the place of `former`. */
export function mustFollow(former: Policy, next: Policy): void {
  if (!equal(former.host, next.host) || next.version <= former.version) throw badPolicy();
}

/** Whether a leaf of this identity and signature key may commit. */
export function mayCommit(policy: Policy, leaf: LeafIdentity, leafKey: Uint8Array): boolean {
  return isHost(policy, leaf) || policy.committers.some((named) => equal(named, leafKey));
}

/** Whether the leaf is a device of the host; its credential has been validated. */
export function isHost(policy: Policy, leaf: LeafIdentity): boolean {
  return leaf.staff !== null && equal(leaf.staff.publicKey, policy.host);
}

const FORMAT = Uint8Array.of(1);

// Nothing else may be in the group context: external senders or required capabilities would change the rules.
function read(extensions: readonly Extension[]): { policy: Policy; signature: Bytes } {
  const [extension] = extensions;
  if (extensions.length !== 1 || extension?.extensionType !== POLICY_EXTENSION) throw badPolicy();
  try {
    return parse(extension.extensionData);
  } catch {
    throw badPolicy();
  }
}

function parse(bytes: Uint8Array): { policy: Policy; signature: Bytes } {
  const reader = new Reader(bytes);
  if (reader.take(1)[0] !== FORMAT[0]) throw badPolicy();
  const groupId = reader.field();
  const version = reader.uint32();
  const host = reader.field();
  const named = new Reader(reader.field());
  const signature = reader.field();
  reader.end();
  const committers: Bytes[] = [];
  while (named.left > 0) committers.push(named.field());
  return { policy: { groupId, version, host, committers }, signature };
}

function policyTranscript(policy: Policy): Bytes {
  const { groupId, version, host, committers } = policy;
  return transcript("quietroom policy 1", copyOf(groupId), uint32(version), host, ...committers);
}

function badPolicy(): CryptoRefusal {
  return new CryptoRefusal("bad_policy");
}
