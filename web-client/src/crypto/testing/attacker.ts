// What somebody can do who has the state of a member, or makes a group of their own, and follows no rules.

import { type ClientState, createGroup, decodeGroupState } from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import type { Extension } from "ts-mls/extension.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import { type Bytes, copyOf, Reader } from "../bytes";
import { credentialOf, type LeafIdentity } from "../credential";
import { encodeWelcome } from "../framing";
import type { Group, GroupName } from "../group";
import { groupIdOf } from "../group-name";
import { decodePackage, type OwnPackage, packageWith, secretsOf } from "../package";
import { clientConfig, suite } from "../suite";

/** A member's state without any rule about leaves. */
export async function stateOf(group: Group): Promise<ClientState> {
  const reader = new Reader(await group.serialize());
  reader.take(1);
  const session = reader.text();
  reader.text();
  reader.uint32();
  const decoded = decodeGroupState(reader.field(), 0);
  if (decoded === undefined) throw new Error("not a state");
  return { ...decoded[0], clientConfig: lawless(session) };
}

/** A commit of these proposals, whatever they are, and of those kept in the state, by reference. */
export async function lawlessCommit(
  state: ClientState,
  proposals: Proposal[],
): Promise<{ state: ClientState; commit: Bytes; welcome: Bytes | null }> {
  const made = await createCommit(
    { state, cipherSuite: await suite() },
    { extraProposals: proposals, ratchetTreeExtension: true },
  );
  return {
    state: made.newState,
    commit: copyOf(encodeMlsMessage(made.commit)),
    welcome: encodeWelcome(made.welcome),
  };
}

/** A group of the attacker's own under the name of another. */
export async function lawlessGroup(
  own: OwnPackage,
  name: GroupName,
  extensions: Extension[],
): Promise<ClientState> {
  const keyPackage = decodePackage(own.publicBytes);
  const config = lawless(name.session);
  return createGroup(
    groupIdOf(name),
    keyPackage,
    secretsOf(own),
    extensions,
    await suite(),
    config,
  );
}

export function adding(publicBytes: Bytes): Proposal {
  return { proposalType: "add", add: { keyPackage: decodePackage(publicBytes) } };
}

/** A key package with somebody else's staff part in its credential, properly signed by its own leaf key. */
export async function forgedStaff(
  device: string,
  staff: NonNullable<LeafIdentity["staff"]>,
): Promise<OwnPackage> {
  const { signature } = await suite();
  const credential = credentialOf({ device, participant: "participant", name: "Dr. Host", staff });
  return packageWith(credential, await signature.keygen());
}

function lawless(session: string) {
  return {
    ...clientConfig(session),
    authService: { validateCredential: async () => true },
    keyPackageEqualityConfig: {
      compareKeyPackages: () => false,
      compareKeyPackageToLeafNode: () => false,
    },
  };
}
