// Judges the ratchet tree that a welcome brings (RFC 9420 section 12.4.3.1 and 7.9.2).
//
// ts-mls judges it too, but refuses sound trees: it wants a parent's and its ancestors' unmerged leaves to be the same
// list, which they are not once somebody was removed and two others were added. So the joiner uses this.

import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import {
  directPath,
  isLeaf,
  leafToNodeIndex,
  leafWidth,
  nodeToLeafIndex,
  toLeafIndex,
  toNodeIndex,
} from "ts-mls/treemath.js";
import { toBase64url } from "../base64url";
import type { SessionId } from "../protocol";
import { equal } from "./bytes";
import { leafIdentityOf, validateCredential } from "./credential";
import { isUsable } from "./package";
import { CryptoRefusal } from "./refusal";

/**
 * Throws `CryptoRefusal`: `stranger` when a leaf does not properly say who it is or a device has two, `unreadable` when
 * the tree is not sound or not the one of the group context.
 */
export async function validateTree(
  tree: RatchetTree,
  context: GroupContext,
  session: SessionId,
  cs: CiphersuiteImpl,
): Promise<void> {
  mustBeSound(tree);
  await Promise.all(
    leavesOf(tree).map(({ index, leaf }) => validateLeaf(leaf, index, context, session, cs)),
  );
  mustBeOneEach(tree);
  if (!(await verifyParentHashes(tree, cs.hash))) throw unreadable();
  if (!equal(context.treeHash, await treeHashRoot(tree, cs.hash))) throw unreadable();
}

/** The leaves that are not blank, from left to right. */
export function leavesOf(tree: RatchetTree): { index: number; leaf: LeafNode }[] {
  const leaves: { index: number; leaf: LeafNode }[] = [];
  for (const [i, node] of tree.entries()) {
    if (node?.nodeType !== "leaf") continue;
    leaves.push({ index: nodeToLeafIndex(toNodeIndex(i)), leaf: node.leaf });
  }
  return leaves;
}

/** `null` when it is blank or outside of the tree. */
export function leafAt(tree: RatchetTree, index: number): LeafNode | null {
  const node = tree[index * 2];
  return node?.nodeType === "leaf" ? node.leaf : null;
}

async function validateLeaf(
  leaf: LeafNode,
  index: number,
  context: GroupContext,
  session: SessionId,
  cs: CiphersuiteImpl,
): Promise<void> {
  await validateCredential(session, leaf.credential, leaf.signaturePublicKey);
  if (!isUsable(leaf)) throw unreadable();
  const signed =
    leaf.leafNodeSource === "key_package"
      ? await verifyLeafNodeSignatureKeyPackage(leaf, cs.signature)
      : await verifyLeafNodeSignature(leaf, context.groupId, index, cs.signature);
  if (!signed) throw unreadable();
}

// Leaves are where leaves belong, and a parent's unmerged leaves are below it, in order, and unmerged in between too.
function mustBeSound(tree: RatchetTree): void {
  const width = leafWidth(tree.length);
  for (const [i, node] of tree.entries()) {
    if (node === undefined) continue;
    if ((node.nodeType === "leaf") !== isLeaf(toNodeIndex(i))) throw unreadable();
    if (node.nodeType === "leaf") continue;
    let last = -1;
    for (const unmerged of node.parent.unmergedLeaves) {
      if (unmerged <= last || leafAt(tree, unmerged) === null) throw unreadable();
      last = unmerged;
      const path = directPath(leafToNodeIndex(toLeafIndex(unmerged)), width);
      const here = path.indexOf(toNodeIndex(i));
      if (here < 0) throw unreadable();
      for (const below of path.slice(0, here)) {
        const between = tree[below];
        if (between?.nodeType !== "parent") continue;
        if (!between.parent.unmergedLeaves.includes(unmerged)) throw unreadable();
      }
    }
  }
}

/** Throws `CryptoRefusal` (`stranger`) when a device has two leaves. */
export function mustBeOneLeafEach(tree: RatchetTree): void {
  const devices = new Set<string>();
  for (const { leaf } of leavesOf(tree)) {
    addOnce(devices, leafIdentityOf(leaf.credential).device, new CryptoRefusal("stranger"));
  }
}

function mustBeOneEach(tree: RatchetTree): void {
  const encryption = new Set<string>();
  for (const node of tree) {
    if (node === undefined) continue;
    const key = node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
    addOnce(encryption, toBase64url(key), unreadable());
  }
  const signature = new Set<string>();
  for (const { leaf } of leavesOf(tree)) {
    addOnce(signature, toBase64url(leaf.signaturePublicKey), unreadable());
  }
  mustBeOneLeafEach(tree);
}

function addOnce(set: Set<string>, value: string, refusal: CryptoRefusal): void {
  if (set.has(value)) throw refusal;
  set.add(value);
}

function unreadable(): CryptoRefusal {
  return new CryptoRefusal("unreadable");
}
