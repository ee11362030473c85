// Joining by a welcome: RFC 9420 section 12.4.3.1, with our rules about whose group it must be.

import type { ClientState } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { deriveSecret } from "ts-mls/crypto/kdf.js";
import type { GroupInfo } from "ts-mls/groupInfo.js";
import {
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from "ts-mls/groupInfo.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { findLeafIndex, type RatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor } from "ts-mls/updatePath.js";
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js";
import type { SessionId } from "../protocol";
import { type Bytes, equal, wipe } from "./bytes";
import { leafIdentityOf } from "./credential";
import { fingerprintOf } from "./identity";
import { decodePackage, decodeSafely, type OwnPackage, secretsOf } from "./package";
import { mayCommit, verifyPolicy } from "./policy";
import { CryptoRefusal, orUnreadable } from "./refusal";
import { clientConfig, suite } from "./suite";
import { leafAt, validateTree } from "./tree";

/** Whose group it must be: the link's fingerprint (`null`: any host's), or the identity known from before. */
export type ExpectedHost = { readonly pinned: Bytes | null } | { readonly identity: Bytes };

/** The state after a welcome to this group. Throws `CryptoRefusal`. */
export function joinByWelcome(
  bytes: Bytes,
  own: OwnPackage,
  session: SessionId,
  groupId: Bytes,
  expect: ExpectedHost,
): Promise<ClientState> {
  return orUnreadable(() => join(bytes, own, session, groupId, expect));
}

async function join(
  bytes: Bytes,
  own: OwnPackage,
  session: SessionId,
  groupId: Bytes,
  expect: ExpectedHost,
): Promise<ClientState> {
  const cs = await suite();
  const { info, joinerSecret, pathSecret } = await openWelcome(welcomeOf(bytes), own, cs);
  const tree = ratchetTreeFromExtension(info);
  if (tree === undefined || info.groupContext.cipherSuite !== cs.name) throw unreadable();
  if (!equal(info.groupContext.groupId, groupId)) throw new CryptoRefusal("wrong_epoch");

  await mustBeOf(info, tree, expect);
  await validateTree(tree, info.groupContext, session, cs);
  await mustBeSigned(info, tree, cs);

  const keyPackage = decodePackage(own.publicBytes);
  const secrets = secretsOf(own);
  const leaf = findLeafIndex(tree, keyPackage.leafNode);
  if (leaf === undefined) throw unreadable();
  const ownKey = { [leafToNodeIndex(leaf)]: secrets.hpkePrivateKey };
  const pathKeys =
    pathSecret === undefined ? {} : await keysOfPath(info, tree, leaf, pathSecret, cs);

  const noPsk = new Uint8Array(cs.kdf.size);
  if (!(await verifyGroupInfoConfirmationTag(info, joinerSecret, noPsk, cs))) throw unreadable();
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    joinerSecret,
    noPsk,
    info.groupContext,
    cs.kdf,
  );
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, cs.kdf);
  wipe(encryptionSecret, joinerSecret);
  return {
    groupContext: info.groupContext,
    keySchedule,
    secretTree,
    ratchetTree: tree,
    privatePath: { leafIndex: leaf, privateKeys: { ...pathKeys, ...ownKey } },
    signaturePrivateKey: secrets.signaturePrivateKey,
    unappliedProposals: {},
    confirmationTag: info.confirmationTag,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig: clientConfig(session),
  };
}

function welcomeOf(bytes: Bytes): Welcome {
  const [message] = decodeSafely(bytes);
  if (message.wireformat !== "mls_welcome") throw unreadable();
  return message.welcome;
}

async function openWelcome(welcome: Welcome, own: OwnPackage, cs: CiphersuiteImpl) {
  if (welcome.cipherSuite !== cs.name) throw unreadable();
  const initKey = await cs.hpke.importPrivateKey(secretsOf(own).initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, own.ref, welcome, cs.hpke);
  // Pre-shared keys are not used here, whoever asks for them.
  if (secrets === undefined || secrets.psks.length > 0) throw unreadable();
  const { joinerSecret, pathSecret } = secrets;
  const noPsk = new Uint8Array(cs.kdf.size);
  const info = await decryptGroupInfo(welcome, joinerSecret, noPsk, cs);
  if (info === undefined) throw unreadable();
  return { info, joinerSecret, pathSecret };
}

// The policy names the host, and it is the one expected; the welcome comes from someone who may commit.
async function mustBeOf(info: GroupInfo, tree: RatchetTree, expect: ExpectedHost): Promise<void> {
  const policy = await verifyPolicy(info.groupContext.extensions, info.groupContext.groupId);
  if ("identity" in expect) {
    if (!equal(policy.host, expect.identity)) throw new CryptoRefusal("wrong_host");
  } else if (expect.pinned !== null) {
    const fingerprint = await fingerprintOf(policy.host);
    if (!equal(fingerprint, expect.pinned)) throw new CryptoRefusal("wrong_host");
  }
  const signer = leafAt(tree, info.signer);
  if (signer === null) throw unreadable();
  if (!mayCommit(policy, leafIdentityOf(signer.credential), signer.signaturePublicKey)) {
    throw new CryptoRefusal("not_a_committer");
  }
}

// The signer's credential has been validated with the tree.
async function mustBeSigned(info: GroupInfo, tree: RatchetTree, cs: CiphersuiteImpl) {
  const signer = leafAt(tree, info.signer);
  if (signer === null) throw unreadable();
  const signed = await verifyGroupInfoSignature(info, signer.signaturePublicKey, cs.signature);
  if (!signed) throw unreadable();
}

// Private keys of the nodes above both the signer and this leaf; their public keys must be those of the tree.
async function keysOfPath(
  info: GroupInfo,
  tree: RatchetTree,
  leaf: ReturnType<typeof toLeafIndex>,
  secret: Uint8Array,
  cs: CiphersuiteImpl,
): Promise<Record<number, Uint8Array>> {
  const ancestor = firstCommonAncestor(tree, leaf, toLeafIndex(info.signer));
  const pathSecrets = await pathToRoot(tree, ancestor, secret, cs.kdf);
  const keys: Record<number, Uint8Array> = {};
  for (const [index, pathSecret] of Object.entries(pathSecrets)) {
    const pair = await cs.hpke.deriveKeyPair(await deriveSecret(pathSecret, "node", cs.kdf));
    const node = tree[Number(index)];
    const publicKey = await cs.hpke.exportPublicKey(pair.publicKey);
    if (node?.nodeType !== "parent" || !equal(node.parent.hpkePublicKey, publicKey)) {
      throw unreadable();
    }
    keys[Number(index)] = await cs.hpke.exportPrivateKey(pair.privateKey);
  }
  return keys;
}

function unreadable(): CryptoRefusal {
  return new CryptoRefusal("unreadable");
}
