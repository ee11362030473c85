// @vitest-environment node
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { expect, test } from "vitest";
import { credentialOf, leafIdentityOf } from "./credential";
import { suite } from "./suite";
import { stateOf } from "./testing/attacker";
import { admit, clinic, refusal, SESSION, there } from "./testing/people";
import { validateTree } from "./tree";

/** A tree of six with a removal behind it, so that parents have different unmerged leaves. */
async function sample() {
  const { host } = await clinic();
  const { by } = await admit(host, ["a", "b", "c", "d"]);
  const removed = await by.commit({ add: [], remove: ["a"] }, null);
  const one = await admit(removed.next, ["e"]);
  const two = await admit(one.by, ["f"]);
  return stateOf(two.by);
}

type Node = NonNullable<RatchetTree[number]>;

/** Judges the tree after a change, under a group context that agrees with it. */
async function judged(change: (tree: RatchetTree) => void): Promise<void> {
  const cs = await suite();
  const state = await sample();
  const tree = state.ratchetTree.slice();
  change(tree);
  // What is no tree has no hash.
  const treeHash = await treeHashRoot(tree, cs.hash).catch(() => new Uint8Array(32));
  await validateTree(tree, { ...state.groupContext, treeHash }, SESSION, cs);
}

function parentAt(tree: RatchetTree, index: number): Extract<Node, { nodeType: "parent" }> {
  const node = tree[index];
  if (node?.nodeType !== "parent") throw new Error("no parent there");
  return node;
}

function unmergedAt(tree: RatchetTree, index: number, unmergedLeaves: readonly number[]) {
  const { parent } = parentAt(tree, index);
  const leaves = [...unmergedLeaves] as typeof parent.unmergedLeaves;
  tree[index] = { nodeType: "parent", parent: { ...parent, unmergedLeaves: leaves } };
}

test("takes a sound tree whose parents have different unmerged leaves", async () => {
  const { ratchetTree } = await sample();
  expect(parentAt(ratchetTree, 3).parent.unmergedLeaves).toEqual([1]);
  expect(parentAt(ratchetTree, 7).parent.unmergedLeaves).toEqual([1, 5]);
  await judged(() => {});
});

test("refuses unmerged leaves that are not below, not there, not in order or not unmerged in between", async () => {
  for (const [index, leaves] of [
    [3, [1, 5]],
    [7, [1, 7]],
    [7, [5, 1]],
    [7, [1, 1, 5]],
    [3, []],
  ] as const) {
    expect(await refusal(judged((tree) => unmergedAt(tree, index, leaves)))).toBe("unreadable");
  }
});

test("refuses a tree that is not the one of the group context", async () => {
  const cs = await suite();
  const { ratchetTree, groupContext } = await sample();
  const other = { ...groupContext, treeHash: new Uint8Array(32) };
  expect(await refusal(validateTree(ratchetTree, other, SESSION, cs))).toBe("unreadable");
});

test("refuses leaves that are moved, doubled or of another session", async () => {
  const moved = judged((tree) => {
    [tree[4], tree[6]] = [tree[6], tree[4]];
  });
  expect(await refusal(moved)).toBe("unreadable");
  const doubled = judged((tree) => {
    tree[12] = there(tree[4]);
  });
  expect(await refusal(doubled)).toBe("unreadable");
  const misplaced = judged((tree) => {
    tree[5] = there(tree[4]);
  });
  expect(await refusal(misplaced)).toBe("unreadable");
  const cs = await suite();
  const { ratchetTree, groupContext } = await sample();
  const ofAnother = validateTree(ratchetTree, groupContext, "another", cs);
  expect(await refusal(ofAnother)).toBe("stranger");
});

test("refuses a leaf that says something else than its key has signed", async () => {
  const renamed = judged((tree) => {
    const node = tree[10];
    if (node?.nodeType !== "leaf") throw new Error("no leaf there");
    const said = { ...leafIdentityOf(node.leaf.credential), name: "Dr. Host" };
    tree[10] = { nodeType: "leaf", leaf: { ...node.leaf, credential: credentialOf(said) } };
  });
  expect(await refusal(renamed)).toBe("unreadable");
});

test("refuses a parent whose key nobody on its path has vouched for", async () => {
  const planted = judged((tree) => {
    const { parent } = parentAt(tree, 7);
    const hpkePublicKey = crypto.getRandomValues(new Uint8Array(32));
    tree[7] = { nodeType: "parent", parent: { ...parent, hpkePublicKey } };
  });
  expect(await refusal(planted)).toBe("unreadable");
});
