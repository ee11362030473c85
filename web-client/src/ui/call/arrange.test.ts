import { describe, expect, it } from "vitest";
import type { Present } from "../../protocol";
import { arrange, keepOrder, wantsOf } from "./arrange";

const people = (count: number): string[] => Array.from({ length: count }, (_, i) => `p${i}`);
const view = { shared: null, leader: null, narrow: false, page: 0 };

describe("the stage", () => {
  it("gives one person all of it, two a half each, up to six equal tiles", () => {
    expect(arrange([], view).layout).toBe("empty");
    expect(arrange(people(1), view)).toMatchObject({ layout: "one", tiles: ["p0"] });
    expect(arrange(people(2), view)).toMatchObject({ layout: "two" });
    expect(arrange(people(6), view)).toMatchObject({ layout: "grid", pages: 1 });
  });

  it("puts the leader of a class before pages of twelve", () => {
    const found = arrange(people(29), { ...view, leader: "p0", page: 1 });
    expect(found).toMatchObject({
      layout: "spotlight",
      main: { device: "p0", source: "camera" },
      page: 1,
      pages: 3,
    });
    expect(found.tiles).toEqual(people(29).slice(13, 25));
  });

  it("shows the leader only pages, and fewer people on a phone", () => {
    expect(arrange(people(29), view)).toMatchObject({ layout: "grid", main: null, pages: 3 });
    expect(arrange(people(29), { ...view, narrow: true })).toMatchObject({ pages: 6 });
  });

  it("puts a shared screen first and its owner still among the tiles", () => {
    const found = arrange(people(2), { ...view, shared: "p1" });
    expect(found).toMatchObject({ layout: "spotlight", main: { device: "p1", source: "screen" } });
    expect(found.tiles).toEqual(["p0", "p1"]);
  });

  it("goes to the last page when people left and the page is no more", () => {
    expect(arrange(people(13), { ...view, page: 4 }).page).toBe(1);
  });
});

describe("the order of people", () => {
  const nobody = new Set<string>();

  it("stays when some leave, and puts who comes last", () => {
    expect(keepOrder(["a", "b", "c"], ["c", "a", "d"], nobody, 12)).toEqual(["a", "c", "d"]);
  });

  it("brings who talks to the first page, in place of the last quiet person there", () => {
    const order = keepOrder(["a", "b", "c", "d"], ["a", "b", "c", "d"], new Set(["d", "b"]), 2);
    expect(order).toEqual(["d", "b", "c", "a"]);
  });

  it("moves nobody when all of the first page talk, or who talks is there already", () => {
    const all = ["a", "b", "c"];
    expect(keepOrder(all, all, new Set(all), 2)).toEqual(all);
    expect(keepOrder(all, all, new Set(["a"]), 2)).toEqual(all);
  });
});

describe("what is asked of the relay", () => {
  const person = (device: string, camera: boolean, screen = false): Present => ({
    device,
    participant: device,
    name: device,
    role: "client",
    media: { microphone: true, camera, screen },
    connection: "here",
  });

  it("is the layer that fills each tile, and the smallest of what is not seen", () => {
    const wants = wantsOf(
      [person("big", true), person("middle", true), person("hidden", true), person("off", false)],
      [
        { device: "big", source: "camera", height: 700 },
        { device: "middle", source: "camera", height: 300 },
      ],
    );
    expect(wants).toEqual([
      { device: "big", source: "camera", quality: "high" },
      { device: "middle", source: "camera", quality: "medium" },
      { device: "hidden", source: "camera", quality: "low" },
    ]);
  });

  it("is always the best of a shared screen that is seen", () => {
    const wants = wantsOf(
      [person("a", false, true)],
      [{ device: "a", source: "screen", height: 90 }],
    );
    expect(wants).toEqual([{ device: "a", source: "screen", quality: "high" }]);
  });
});
