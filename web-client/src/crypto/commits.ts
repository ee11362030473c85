// Which commits of others a member takes. Everything is judged before ts-mls applies the commit, and once more on the
// state that results.

import type { ClientState } from "ts-mls/clientState.js";
import type { Commit } from "ts-mls/commit.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { type Bytes, equal } from "./bytes";
import { leafIdentityOf, sameCredential } from "./credential";
import { contentOf, keysOf, privateMessageOf, senderOf } from "./framing";
import { isUsable } from "./package";
import { isHost, mayCommit, mustFollow, readPolicy, verifyPolicy } from "./policy";
import { CryptoRefusal, orUnreadable } from "./refusal";
import { suite } from "./suite";
import { leafAt, mustBeOneLeafEach } from "./tree";

/** The state after somebody else's commit, and the secrets that it has used up. Throws `CryptoRefusal`. */
export function takeCommit(
  state: ClientState,
  bytes: Bytes,
): Promise<{ state: ClientState; consumed: Uint8Array[] }> {
  return orUnreadable(() => take(state, bytes));
}

async function take(state: ClientState, bytes: Bytes) {
  const cs = await suite();
  const { epoch, groupId } = state.groupContext;
  const message = privateMessageOf(bytes, "commit", groupId);
  if (message.epoch < epoch) throw new CryptoRefusal("replayed");
  const keys = keysOf(state, message.epoch);
  if (message.epoch > epoch || keys === null) throw new CryptoRefusal("wrong_epoch");

  const committer = await senderOf(message, keys, cs);
  mustBeCommitter(state, committer);
  const content = await contentOf(message, state, cs);
  if (content.contentType !== "commit") throw new CryptoRefusal("unreadable");
  judge(state, content.commit, committer);

  // The callback repeats the rule where ts-mls would change the epoch.
  const result = await processPrivateMessage(state, message, emptyPskIndex, cs, (incoming) =>
    incoming.kind === "commit" && incoming.senderLeafIndex === committer ? "accept" : "reject",
  );
  if (result.kind !== "newState" || result.actionTaken !== "accept") {
    throw new CryptoRefusal("unreadable");
  }
  const next = result.newState;
  if (next.groupActiveState.kind === "removedFromGroup") throw new CryptoRefusal("removed");
  if (next.groupActiveState.kind !== "active") throw new CryptoRefusal("proposal");
  await mustKeepPolicy(state, next, committer);
  mustBeOneLeafEach(next.ratchetTree);
  return { state: next, consumed: result.consumed };
}

function mustBeCommitter(state: ClientState, committer: number): void {
  const leaf = leafAt(state.ratchetTree, committer);
  if (leaf === null) throw new CryptoRefusal("unreadable");
  const policy = readPolicy(state.groupContext.extensions);
  if (!mayCommit(policy, leafIdentityOf(leaf.credential), leaf.signaturePublicKey)) {
    throw new CryptoRefusal("not_a_committer");
  }
}

function judge(state: ClientState, commit: Commit, committer: number): void {
  for (const proposed of commit.proposals) {
    if (proposed.proposalOrRefType !== "proposal") throw new CryptoRefusal("proposal");
    if (!USED.has(proposed.proposal.proposalType)) throw new CryptoRefusal("proposal");
    const added = addedLeaf(proposed.proposal);
    if (added !== null && !isUsable(added)) throw new CryptoRefusal("stranger");
  }
  if (commit.path !== undefined) {
    mustStayTheSame(state, commit.path.leafNode, committer);
  }
}

const USED: ReadonlySet<Proposal["proposalType"]> = new Set([
  "add",
  "remove",
  "group_context_extensions",
]);

function addedLeaf(proposal: Proposal) {
  return proposal.proposalType === "add" && "add" in proposal
    ? proposal.add.keyPackage.leafNode
    : null;
}

// A commit gives its own leaf new encryption keys. Who the leaf is, it may not change.
function mustStayTheSame(
  state: ClientState,
  next: NonNullable<Commit["path"]>["leafNode"],
  committer: number,
): void {
  const former = leafAt(state.ratchetTree, committer);
  const same =
    former !== null &&
    sameCredential(former.credential, next.credential) &&
    equal(former.signaturePublicKey, next.signaturePublicKey) &&
    isUsable(next);
  if (!same) throw new CryptoRefusal("stranger");
}

// Only a device of the host replaces the policy, and only by a later one that the host's identity signed.
async function mustKeepPolicy(former: ClientState, next: ClientState, committer: number) {
  if (next.groupContext.extensions === former.groupContext.extensions) return;
  const policy = await verifyPolicy(next.groupContext.extensions, next.groupContext.groupId);
  const before = readPolicy(former.groupContext.extensions);
  mustFollow(before, policy);
  const leaf = leafAt(former.ratchetTree, committer);
  if (leaf === null || !isHost(before, leafIdentityOf(leaf.credential))) {
    throw new CryptoRefusal("bad_policy");
  }
}
