// @vitest-environment node
//
// Groups that are not the host's, and pass themselves off as such to a guest who joins. Each is refused with its reason.

import { expect, test } from "vitest";
import { copyOf } from "./bytes";
import { leafIdentityOf } from "./credential";
import { Group } from "./group";
import { groupIdOf } from "./group-name";
import { fingerprintOf } from "./identity";
import { decodePackage } from "./package";
import { signPolicy } from "./policy";
import { adding, forgedStaff, lawlessCommit, lawlessGroup, stateOf } from "./testing/attacker";
import { clinic, identity, NAME, opened, packageOf, refusal, there } from "./testing/people";

test("a host whose identity is not the pinned one is refused", async () => {
  const { identity: server, host: group } = await clinic();
  const pinned = await fingerprintOf((await identity()).publicKey);
  const guest = await packageOf("guest");
  const { welcome } = await group.commit({ add: [await opened(guest)], remove: [] }, null);
  const join = (expected: Parameters<typeof Group.join>[3]) =>
    Group.join(there(welcome), guest, NAME, expected);
  expect(await refusal(join({ pinned }))).toBe("wrong_host");
  expect(await refusal(join({ identity: (await identity()).publicKey }))).toBe("wrong_host");
  // With nothing pinned the guest takes the host it finds, and knows it from then on.
  expect((await join({ pinned: null })).host).toEqual(server.publicKey);
});

test("a policy in the host's name that the host did not sign is refused", async () => {
  const host = await identity();
  const pinned = await fingerprintOf(host.publicKey);
  const own = await packageOf("server");
  const ownKey = copyOf(decodePackage(own.publicBytes).leafNode.signaturePublicKey);
  const rule = { groupId: groupIdOf(NAME), version: 0, host: host.publicKey, committers: [ownKey] };
  const group = await lawlessGroup(own, NAME, [await signPolicy(await identity(), rule)]);
  const guest = await packageOf("guest");
  const { welcome } = await lawlessCommit(group, [adding(guest.publicBytes)]);
  expect(await refusal(Group.join(there(welcome), guest, NAME, { pinned }))).toBe("bad_policy");
  const noPolicy = await lawlessCommit(await lawlessGroup(own, NAME, []), [
    adding(guest.publicBytes),
  ]);
  const join = Group.join(there(noPolicy.welcome), guest, NAME, { pinned });
  expect(await refusal(join)).toBe("bad_policy");
});

test("the host's leaf and policy copied into the server's own group do not make it the host's", async () => {
  const host = await identity();
  const pinned = await fingerprintOf(host.publicKey);
  const hostPackage = await packageOf("host", host);
  const real = await stateOf(await Group.start(hostPackage, host, NAME));
  const server = await lawlessGroup(await packageOf("server"), NAME, real.groupContext.extensions);
  const guest = await packageOf("guest");
  const { state } = await lawlessCommit(server, [adding(hostPackage.publicBytes)]);

  const honest = await lawlessCommit(state, [adding(guest.publicBytes)]);
  const join = (welcome: typeof honest.welcome) =>
    Group.join(there(welcome), guest, NAME, { pinned });
  expect(await refusal(join(honest.welcome))).toBe("not_a_committer");

  // It points to the host's leaf as the signer, but has no key to sign with.
  const masked = { ...state, privatePath: { ...state.privatePath, leafIndex: 1 } };
  const lying = await lawlessCommit(masked, [adding(guest.publicBytes)]);
  expect(await refusal(join(lying.welcome))).toBe("unreadable");
});

test("a leaf in the welcome's tree that falsely calls itself staff is refused", async () => {
  const host = await identity();
  const stolen = there(
    leafIdentityOf(decodePackage((await packageOf("host", host)).publicBytes).leafNode.credential)
      .staff,
  );
  const ghost = await forgedStaff("host", stolen);
  const policy = await stateOf(await Group.start(await packageOf("host", host), host, NAME));
  const group = await lawlessGroup(ghost, NAME, policy.groupContext.extensions);
  const guest = await packageOf("guest");
  const { welcome } = await lawlessCommit(group, [adding(guest.publicBytes)]);
  const pinned = await fingerprintOf(host.publicKey);
  expect(await refusal(Group.join(there(welcome), guest, NAME, { pinned }))).toBe("stranger");
});
