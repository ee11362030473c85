// @vitest-environment node
import { expect, test } from "vitest";
import { cleared, moved, restored } from "./changes";
import { Scene } from "./scene";
import { anyElement, below, element, rawBox, seeded, shuffled } from "./testing/drawing";

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "in any order, with repetitions and over partitions all hold the same scene (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const drawn = Array.from({ length: 60 }, () => anyElement(random));
    const scenes = Array.from({ length: 4 }, () => new Scene());
    for (const scene of scenes) {
      const repeated = drawn.flatMap((one) => (random() < 0.3 ? [one, one] : [one]));
      const mixed = shuffled(repeated, random);
      const parted = below(random, mixed.length);
      scene.merge(mixed.slice(0, parted));
      // What one side has is brought to the other as a whole, as a snapshot is.
      const other = new Scene();
      other.merge(mixed.slice(parted));
      scene.merge(other.all());
    }
    const hashes = await Promise.all(scenes.map((scene) => scene.hash()));
    expect(new Set(hashes).size).toBe(1);
    for (const scene of scenes) {
      expect(scene.shown()).toEqual(scenes[0]?.shown());
      expect(scene.live).toBe(scene.shown().length);
      expect(scene.merge(drawn)).toEqual([]);
    }
    // The hash would tell a difference.
    scenes[0]?.merge([element(rawBox("one more"))]);
    expect(await scenes[0]?.hash()).not.toBe(hashes[0]);
  },
);

test("a deleted element does not come back by an older change", () => {
  const scene = new Scene();
  const box = element(rawBox("box", { version: 3 }));
  scene.merge([box, ...cleared([box], () => 1)]);
  expect(scene.merge([element(rawBox("box", { version: 2, x: 9 }))])).toEqual([]);
  expect(scene.live).toBe(0);
});

test("clearing leaves nothing and can be undone, also when others went on meanwhile", () => {
  const scene = new Scene();
  const boxes = ["a", "b"].map((id) => element(rawBox(id, { version: 5 })));
  scene.merge(boxes);
  scene.merge(cleared(scene.shown(), () => 1));
  expect(scene.shown()).toEqual([]);
  scene.merge([element(rawBox("a", { version: 9, isDeleted: true }))]);
  scene.merge(restored(boxes, scene, () => 2));
  expect(scene.shown().map(({ id, version }) => [id, version])).toEqual([
    ["a", 10],
    ["b", 7],
  ]);
});

test("elements lie one above the other by their layers", () => {
  const scene = new Scene();
  scene.merge([
    element(rawBox("c", { index: "a1" })),
    element(rawBox("a", { index: "a2" })),
    element(rawBox("b", { index: "a1" })),
  ]);
  expect(scene.shown().map(({ id }) => id)).toEqual(["b", "c", "a"]);
});

test("a moved element is a newer one elsewhere", () => {
  const box = element(rawBox("box", { x: 10, y: 20 }));
  const after = element(moved(box, -10, 5, () => 7));
  expect(after).toMatchObject({ x: 0, y: 25, version: 2, versionNonce: 7 });
});
