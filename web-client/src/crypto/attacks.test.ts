// @vitest-environment node
//
// What a server, a member or somebody with a stolen token might try. Each attack is refused with its reason; the group
// stays in its epoch and still takes what is right.

import type { ClientState } from "ts-mls/clientState.js";
import {
  createGroupInfoWithExternalPubAndRatchetTree,
  joinGroupExternal,
} from "ts-mls/createCommit.js";
import { createApplicationMessage, createProposal } from "ts-mls/createMessage.js";
import { encodeExternalSender } from "ts-mls/externalSender.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { expect, test } from "vitest";
import { fromBase64url } from "../base64url";
import { copyOf, utf8 } from "./bytes";
import { credentialOf, leafIdentityOf } from "./credential";
import { encodePrivateMessage } from "./framing";
import { Group } from "./group";
import { groupIdOf } from "./group-name";
import { bindKeyOf, bindPackage, newSecret, tokenOf, verifyBinding } from "./invitation";
import { decodePackage, decodeSafely, secretsOf } from "./package";
import { signPolicy } from "./policy";
import { clientConfig, suite } from "./suite";
import { adding, forgedStaff, lawlessCommit, stateOf } from "./testing/attacker";
import {
  admit,
  clinic,
  identity,
  NAME,
  opened,
  packageOf,
  refusal,
  SESSION,
  there,
} from "./testing/people";
import { leafAt } from "./tree";

const LINK = "01J000000000000000000LINK";
const nothing = { add: [], remove: [] };

/** A host, a helper and a client in one group. */
async function inSession() {
  const { identity: staff, host: alone } = await clinic();
  const { by: host, joined } = await admit(alone, ["helper", "client"]);
  return { staff, host, helper: there(joined[0]), client: there(joined[1]) };
}

/** The same, and the host has named the helper. */
async function withHelper() {
  const { staff, host, helper, client } = await inSession();
  const named = await host.commit({ ...nothing, name: ["helper"] }, staff);
  return {
    staff,
    host: named.next,
    helper: await helper.receiveCommit(named.commit),
    client: await client.receiveCommit(named.commit),
  };
}

/** After an attack: the same epoch, and the next true commit is taken. */
async function goesOn(group: Group, host: Group) {
  const { next, commit } = await host.commit(nothing, null);
  const after = await group.receiveCommit(commit);
  expect(after.at.epoch).toBe(group.at.epoch + 1);
  expect(await after.safetyCode()).toBe(await next.safetyCode());
}

// The knock.

test("a ghost whom the server adds has no proof: it never saw the link's secret", async () => {
  const secret = newSecret();
  const bindKey = await bindKeyOf(secret);
  const ghost = await opened(await packageOf("ghost"));
  const token = there(fromBase64url(await tokenOf(secret)));
  const guesses = [
    new Uint8Array(),
    new Uint8Array(32),
    await bindPackage(token, ghost.ref, SESSION, LINK),
    await bindPackage(await bindKeyOf(token), ghost.ref, SESSION, LINK),
    await bindPackage(await bindKeyOf(newSecret()), ghost.ref, SESSION, LINK),
  ];
  for (const guess of guesses) {
    expect(await verifyBinding(bindKey, ghost.ref, SESSION, LINK, guess)).toBe(false);
  }
});

test("a key package that the server puts in a guest's place does not fit the guest's proof", async () => {
  const bindKey = await bindKeyOf(newSecret());
  const guest = await opened(await packageOf("guest"));
  const proof = await bindPackage(bindKey, guest.ref, SESSION, LINK);
  expect(await verifyBinding(bindKey, guest.ref, SESSION, LINK, proof)).toBe(true);
  const swapped = await opened(await packageOf("guest"));
  expect(await verifyBinding(bindKey, swapped.ref, SESSION, LINK, proof)).toBe(false);
});

test("a key package that calls itself staff without the identity's signature is refused", async () => {
  const { staff } = await inSession();
  const real = await packageOf("host's tablet", staff);
  const credential = decodePackage(real.publicBytes).leafNode.credential;
  const stolen = there(leafIdentityOf(credential).staff);
  const ghost = await forgedStaff("host's tablet", stolen);
  expect(await refusal(opened(ghost))).toBe("stranger");
});

test("a welcome for the guest's key package is of no use to another, nor another's to the guest", async () => {
  const { host } = await inSession();
  const [guest, ghost] = [await packageOf("guest"), await packageOf("guest")];
  const { welcome } = await host.commit({ add: [await opened(ghost)], remove: [] }, null);
  const joined = Group.join(there(welcome), guest, NAME, { identity: host.host });
  expect(await refusal(joined)).toBe("unreadable");
});

// The order of commits.

test("a commit that is replayed is refused", async () => {
  const { host, client } = await inSession();
  const { next, commit } = await host.commit(nothing, null);
  const after = await client.receiveCommit(commit);
  expect(await refusal(after.receiveCommit(commit))).toBe("replayed");
  await goesOn(after, next);
});

test("a commit that is dropped is missed at the next one, and so are commits out of order", async () => {
  const { host, client } = await inSession();
  const first = await host.commit(nothing, null);
  const second = await first.next.commit(nothing, null);
  expect(await refusal(client.receiveCommit(second.commit))).toBe("wrong_epoch");
  expect(client.at.epoch).toBe(1);
  const after = await (await client.receiveCommit(first.commit)).receiveCommit(second.commit);
  expect(await after.safetyCode()).toBe(await second.next.safetyCode());
});

test("messages of an epoch that has not come show that a commit was held back", async () => {
  const { host, client } = await inSession();
  const { next } = await host.commit(nothing, null);
  const { sealed } = await next.seal(utf8("you cannot know"));
  expect(await refusal(client.open(sealed))).toBe("wrong_epoch");
});

test("a commit and a message of the host's next group are not taken for this one's", async () => {
  const { staff, host, client } = await inSession();
  const name = { ...NAME, group: 2 };
  const second = await Group.start(await packageOf("host", staff), staff, name);
  const { next, commit } = await second.commit(nothing, null);
  const following = await next.commit(nothing, null);
  const { sealed } = await next.seal(utf8("to others"));
  for (const bytes of [commit, following.commit]) {
    expect(await refusal(client.receiveCommit(bytes))).toBe("wrong_epoch");
  }
  expect(await refusal(client.open(sealed))).toBe("wrong_epoch");
  await goesOn(client, host);
});

// Those who may not commit.

test("an external commit is refused, although a member gave the group's information away", async () => {
  const { host, client } = await inSession();
  const cs = await suite();
  const info = await createGroupInfoWithExternalPubAndRatchetTree(await stateOf(client), [], cs);
  const ghost = await packageOf("ghost");
  const { publicMessage } = await joinGroupExternal(
    info,
    decodePackage(ghost.publicBytes),
    secretsOf(ghost),
    false,
    cs,
    undefined,
    clientConfig(SESSION),
  );
  const bytes = copyOf(
    encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage }),
  );
  expect(await refusal(client.receiveCommit(bytes))).toBe("external");
  expect(await refusal(client.open(bytes))).toBe("external");
  await goesOn(client, host);
});

test("a client's commit is refused, whatever it does", async () => {
  const { host, helper, client } = await inSession();
  const state = await stateOf(client);
  const ghost = await packageOf("ghost");
  for (const proposals of [
    [],
    [adding(ghost.publicBytes)],
    [{ proposalType: "remove" as const, remove: { removed: host.self.leaf } }],
  ]) {
    const { commit } = await lawlessCommit(state, proposals);
    expect(await refusal(helper.receiveCommit(commit))).toBe("not_a_committer");
    expect(await refusal(host.receiveCommit(commit))).toBe("not_a_committer");
  }
  await goesOn(helper, host);
});

test("a client's commit under the host's leaf is refused: the signature is not the host's", async () => {
  const { host, helper, client } = await inSession();
  const state = await stateOf(client);
  const masked = {
    ...state,
    privatePath: { ...state.privatePath, leafIndex: host.self.leaf },
  };
  const { commit } = await lawlessCommit(masked, []);
  expect(await refusal(helper.receiveCommit(commit))).toBe("unreadable");
  await goesOn(helper, host);
});

test("a proposal on its own is refused, private or public, from a client or a committer", async () => {
  const { host, helper, client } = await withHelper();
  const cs = await suite();
  const proposal = { proposalType: "remove" as const, remove: { removed: client.self.leaf } };
  for (const by of [client, helper]) {
    for (const isPublic of [true, false]) {
      const { message } = await createProposal(await stateOf(by), isPublic, proposal, cs);
      const bytes = copyOf(encodeMlsMessage(message));
      expect(await refusal(host.receiveCommit(bytes))).toBe("proposal");
      expect(await refusal(host.open(bytes))).toBe("proposal");
    }
  }
  await goesOn(client, host);
});

test("a commit of proposals by reference is refused, from a committer too", async () => {
  const { host, helper, client } = await withHelper();
  const proposal = { proposalType: "remove" as const, remove: { removed: client.self.leaf } };
  const kept = await createProposal(await stateOf(helper), false, proposal, await suite());
  const { commit } = await lawlessCommit(kept.newState, []);
  expect(await refusal(host.receiveCommit(commit))).toBe("proposal");
  await goesOn(client, host);
});

test("a committer's commit of a kind that is not used is refused", async () => {
  const { host, helper, client } = await withHelper();
  const state = await stateOf(helper);
  const reinit = { ...state.groupContext, groupId: utf8("another"), version: "mls10" as const };
  for (const proposal of [
    { proposalType: "reinit" as const, reinit },
    { proposalType: 0xf0a2, proposalData: new Uint8Array() },
  ]) {
    const { commit } = await lawlessCommit(state, [proposal]);
    expect(await refusal(client.receiveCommit(commit))).toBe("proposal");
  }
  await goesOn(client, host);
});

test("a co-facilitator whom the host has named may commit, one whom it has not may not", async () => {
  const { client, helper, host } = await withHelper();
  const { commit } = await helper.commit({ add: [], remove: ["client"] }, null);
  const after = await host.receiveCommit(commit);
  expect(after.members.map(({ device }) => device)).toEqual(["host", "helper"]);
  expect(await refusal(client.commit(nothing, null))).toBe("not_a_committer");
});

// The policy.

test("a committer who is not the host cannot change who may commit", async () => {
  const { staff, host, helper, client } = await withHelper();
  const state = await stateOf(helper);
  const groupId = groupIdOf(NAME);
  const clientKey = copyOf(there(leafAt(state.ratchetTree, client.self.leaf)).signaturePublicKey);
  const own = await identity();
  const rule = { groupId, version: 9, host: staff.publicKey, committers: [clientKey] };
  const forged = await signPolicy(own, rule);
  const takenOver = await signPolicy(own, { ...rule, host: own.publicKey });
  const former = await signPolicy(staff, { ...rule, version: 1, committers: [] });
  const ofAnother = await signPolicy(staff, { ...rule, groupId: utf8("another group") });
  // Even one that the host has signed: only the host's device may bring it.
  const signed = await signPolicy(staff, rule);
  for (const extensions of [[forged], [takenOver], [former], [ofAnother], [signed], []]) {
    const { commit } = await lawlessCommit(state, [
      { proposalType: "group_context_extensions", groupContextExtensions: { extensions } },
    ]);
    const taken = client.receiveCommit(commit);
    // An empty list changes nothing in ts-mls, and is taken as such.
    if (extensions.length === 0) expect((await taken).host).toEqual(staff.publicKey);
    else expect(await refusal(taken)).toBe("bad_policy");
  }
  await goesOn(client, host);
});

test("no older policy, other host's or other group's takes the place of one, even by a device of the host", async () => {
  const { staff, host, client } = await withHelper();
  const state = await stateOf(host);
  const other = await identity();
  const rule = { groupId: groupIdOf(NAME), version: 9, host: staff.publicKey, committers: [] };
  for (const policy of [
    await signPolicy(staff, { ...rule, version: 0 }),
    await signPolicy(staff, { ...rule, version: 1 }),
    await signPolicy(other, { ...rule, host: other.publicKey }),
    await signPolicy(staff, { ...rule, groupId: groupIdOf({ ...NAME, group: 2 }) }),
  ]) {
    const { commit } = await lawlessCommit(state, [
      {
        proposalType: "group_context_extensions",
        groupContextExtensions: { extensions: [policy] },
      },
    ]);
    expect(await refusal(client.receiveCommit(commit))).toBe("bad_policy");
  }
  await goesOn(client, host);
});

test("external senders cannot be let in by the group context, not even by the host's own device", async () => {
  const { staff, host, client } = await inSession();
  const state = await stateOf(host);
  const server = there(leafAt(state.ratchetTree, client.self.leaf));
  const extensionData = encodeExternalSender(server);
  const rule = { groupId: groupIdOf(NAME), version: 1, host: staff.publicKey, committers: [] };
  const policy = await signPolicy(staff, rule);
  const sender = { extensionType: "external_senders" as const, extensionData };
  for (const extensions of [[policy, sender], [sender, policy], [sender]]) {
    const { commit } = await lawlessCommit(state, [
      { proposalType: "group_context_extensions", groupContextExtensions: { extensions } },
    ]);
    expect(await refusal(client.receiveCommit(commit))).toBe("bad_policy");
  }
  await goesOn(client, host);
});

// Leaves.

test("a committer cannot change its name, its device or its being staff by a commit", async () => {
  const { host, helper, client } = await withHelper();
  const state = await stateOf(helper);
  const leaf = there(leafAt(state.ratchetTree, helper.self.leaf));
  const said = leafIdentityOf(leaf.credential);
  for (const changed of [
    { ...said, name: "Dr. Host" },
    { ...said, device: "another device" },
    { ...said, participant: "another participant" },
  ]) {
    const { commit } = await lawlessCommit(relabeled(state, helper.self.leaf, changed), []);
    expect(await refusal(client.receiveCommit(commit))).toBe("stranger");
  }
  await goesOn(client, host);
});

test("a committer cannot add a leaf that falsely calls itself staff", async () => {
  const { host, helper, client } = await withHelper();
  const hostLeaf = there(leafAt((await stateOf(host)).ratchetTree, host.self.leaf));
  const stolen = there(leafIdentityOf(hostLeaf.credential).staff);
  const ghost = await forgedStaff("ghost", stolen);
  const { commit } = await lawlessCommit(await stateOf(helper), [adding(ghost.publicBytes)]);
  expect(await refusal(client.receiveCommit(commit))).toBe("stranger");
  await goesOn(client, host);
});

test("a committer cannot give a device a second leaf", async () => {
  const { host, helper, client } = await withHelper();
  const twin = await packageOf("host");
  const guest = await packageOf("guest");
  const { commit, welcome } = await lawlessCommit(await stateOf(helper), [
    adding(twin.publicBytes),
    adding(guest.publicBytes),
  ]);
  expect(await refusal(client.receiveCommit(commit))).toBe("unreadable");
  const joined = Group.join(there(welcome), guest, NAME, { identity: host.host });
  expect(await refusal(joined)).toBe("stranger");
  await goesOn(client, host);
});

// After a removal.

test("a removed member reads nothing later and has no later frame key", async () => {
  const { staff, host, client } = await inSession();
  const removed = await host.commit({ add: [], remove: ["client"] }, staff);
  expect(await refusal(client.receiveCommit(removed.commit))).toBe("removed");
  const { sealed } = await removed.next.seal(utf8("among us"));
  expect(await refusal(client.open(sealed))).toBe("wrong_epoch");
  expect(await client.frameKey()).not.toEqual(await removed.next.frameKey());

  // With every key it ever had, and no rules.
  const state = await stateOf(client);
  const cs = await suite();
  const [message] = decodeSafely(sealed);
  if (message.wireformat !== "mls_private_message") throw new Error("not private");
  for (const epoch of [state.groupContext.epoch, state.groupContext.epoch + 1n]) {
    const pretending = { ...state, groupContext: { ...state.groupContext, epoch } };
    await expect(
      processPrivateMessage(pretending, message.privateMessage, emptyPskIndex, cs),
    ).rejects.toThrow();
  }
});

test("a removed member is heard no more, in no epoch", async () => {
  const { staff, host, helper, client } = await inSession();
  const late = await client.seal(utf8("me again"));
  const removed = await host.commit({ add: [], remove: ["client"] }, staff);
  const after = await helper.receiveCommit(removed.commit);
  expect(await refusal(after.open(late.sealed))).toBe("removed");
});

test("a member cannot speak as another", async () => {
  const { host, helper, client } = await inSession();
  const state = await stateOf(client);
  const masked = { ...state, privatePath: { ...state.privatePath, leafIndex: host.self.leaf } };
  const { privateMessage } = await createApplicationMessage(
    masked,
    utf8("I am the host"),
    await suite(),
  );
  expect(await refusal(helper.open(encodePrivateMessage(privateMessage)))).toBe("unreadable");
});

// Anything at all.

test("changed bytes are refused wherever they are changed", async () => {
  const { host, client } = await inSession();
  const guest = await packageOf("guest");
  const { commit, welcome } = await host.commit({ add: [await opened(guest)], remove: [] }, null);
  const { sealed } = await host.seal(utf8("hello"));
  for (let at = 0; at < commit.length; at += 7) {
    await refusal(client.receiveCommit(flipped(commit, at)));
  }
  for (let at = 0; at < sealed.length; at += 7) {
    await refusal(client.open(flipped(sealed, at)));
  }
  const brought = there(welcome);
  for (let at = 0; at < brought.length; at += 29) {
    await refusal(Group.join(flipped(brought, at), guest, NAME, { identity: host.host }));
  }
  for (let at = 0; at < guest.publicBytes.length; at += 7) {
    const changed = { ...guest, publicBytes: flipped(guest.publicBytes, at) };
    await refusal(opened(changed));
  }
  await goesOn(client, host);
}, 30_000);

function flipped(bytes: Uint8Array, at: number) {
  const changed = copyOf(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x10;
  return changed;
}

/** The state with another credential in one leaf, so that its next commit says so. */
function relabeled(
  state: ClientState,
  index: number,
  said: Parameters<typeof credentialOf>[0],
): ClientState {
  const ratchetTree = state.ratchetTree.slice();
  const leaf = there(leafAt(state.ratchetTree, index));
  ratchetTree[index * 2] = { nodeType: "leaf", leaf: { ...leaf, credential: credentialOf(said) } };
  return { ...state, ratchetTree };
}
