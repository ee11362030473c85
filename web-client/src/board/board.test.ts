// @vitest-environment node
import type { Signal } from "@preact/signals";
import { expect, test } from "vitest";
import { toBase64url } from "../base64url";
import { ContentKeys } from "../crypto/content";
import type { RefusalCode } from "../protocol";
import { handPoints } from "./element";
import { encodeElements } from "./entry";
import { seal } from "./envelope";
import { below, rawBox, rawLine, seeded, wander } from "./testing/drawing";
import { Page, someKeys, TestClock, TestServer } from "./testing/server";

function room(...devices: string[]) {
  const [server, clock, keys] = [new TestServer(), new TestClock(), someKeys()];
  const join = (device: string, leads = false) => new Page(server, clock, device, keys, leads);
  return { server, clock, keys, join, pages: devices.map((device) => join(device)) };
}

/** The log has had so many entries, of which nothing is left to see. */
async function startAt(upto: number, server: TestServer, keys: Signal<ContentKeys>) {
  const place = { scope: "session", board: 1, author: "ana" } as const;
  const sealed = await seal(keys.value, place, { is: "snapshot", upto }, encodeElements([]));
  server.last = upto;
  server.keep("ana", upto, toBase64url(sealed ?? new Uint8Array()));
}

const ids = (page: Page | undefined) => page?.board.elements.value.map(({ id }) => id);
const hashes = async (pages: readonly Page[]) =>
  new Set(await Promise.all(pages.map(({ board }) => board.hash())));

test("what one draws, all see, the one who drew at once", async () => {
  const { pages, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  ana?.board.draw([rawBox("box")]);
  expect([ids(ana), ids(ben)]).toEqual([["box"], []]);
  expect(ana?.board.unsent.value).toBe(1);
  await clock.pass(0);
  expect([ids(ana), ids(ben)]).toEqual([["box"], ["box"]]);
  expect(ana?.board.unsent.value).toBe(0);
});

test.each([1, 2, 3, 4, 5, 6])(
  "all converge after partitions, lost answers and late comers (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const { pages, clock, join } = room("ana", "ben", "cleo");
    for (let step = 0; step < 120; step += 1) {
      const page = pages[below(random, pages.length)];
      switch (below(random, 8)) {
        case 0:
          page?.disconnect();
          break;
        case 1:
          page?.reconnect();
          break;
        case 2:
          if (page) page.loseNextAnswer = true;
          break;
        default: {
          const id = `element-${below(random, 12)}`;
          const version = (page?.board.get(id)?.version ?? 0) + 1;
          const over = { version, versionNonce: below(random, 1_000), isDeleted: random() < 0.2 };
          page?.board.draw([rawBox(id, { ...over, x: below(random, 500) })]);
        }
      }
      if (random() < 0.5) await clock.pass(below(random, 2_000));
    }
    for (const page of pages) {
      page.loseNextAnswer = false;
      page.reconnect();
    }
    await clock.pass(120_000);
    const all = [...pages, join("late")];
    await clock.pass(1_000);
    expect((await hashes(all)).size).toBe(1);
    for (const page of all) {
      expect(page.board.unsent.value).toBe(0);
      expect(page.board.elements.value).toEqual(all[0]?.board.elements.value);
    }
  },
  20_000,
);

test("what changes while it is on its way is sent again", async () => {
  const { pages, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  ana?.board.draw([rawBox("box")]);
  ana?.board.draw([rawBox("box", { version: 2 })]);
  await clock.pass(1_000);
  expect(ben?.board.get("box")?.version).toBe(2);
  expect((await hashes(pages)).size).toBe(1);
});

test("an entry that did not come is asked for", async () => {
  const { pages, server, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  server.withheld.add(1);
  ana?.board.draw([rawBox("one")]);
  await clock.pass(0);
  ana?.board.draw([rawBox("two")]);
  await clock.pass(0);
  expect(ids(ben)).toEqual(["two"]);
  await clock.pass(1_000);
  expect(ids(ben)).toEqual(["one", "two"]);
});

test("a hole that is never filled is asked for four times a second, whatever comes", async () => {
  const { pages, server, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  if (!ben) throw new Error("ben is there");
  await clock.settled();
  server.last = 3;
  const before = ben.asked;
  for (let i = 0; i < 20; i += 1) ana?.board.draw([rawBox(`box-${i}`)]);
  await clock.pass(1_100);
  expect(ben.asked - before).toBe(4);
  expect(ids(ben)).toHaveLength(20);
});

test("who comes late reads a snapshot and what came behind it", async () => {
  const { server, clock, keys, join } = room();
  await startAt(190, server, keys);
  const [ana, ben] = [join("ana"), join("ben")];
  await clock.settled();
  for (let i = 0; i < 15; i += 1) {
    ana.board.draw([rawBox(`box-${i}`)]);
    await clock.pass(600);
  }
  expect(server.snapshot?.upto).toBe(200);
  expect(server.entries).toHaveLength(5);
  const late = join("late");
  await clock.settled();
  expect(ids(late)).toHaveLength(15);
  expect((await hashes([ana, ben, late])).size).toBe(1);
});

test("whoever has only the newest key reads everything, once one who leads has sealed it anew", async () => {
  const { pages, server, clock, keys, join } = room("ana");
  const host = join("host", true);
  await clock.settled();
  pages[0]?.board.draw([rawBox("old")]);
  await clock.pass(0);
  const next = ContentKeys.make(keys.value, 2);
  keys.value = keys.value.with(next);
  await clock.pass(0);
  const newest = someKeys();
  newest.value = ContentKeys.none.with(next);
  const late = new Page(server, clock, "late", newest);
  await clock.pass(0);
  expect(server.snapshot?.from).toBe("host");
  expect([ids(late), late.board.unreadable.value]).toEqual([["old"], 0]);
  expect((await hashes([late, host])).size).toBe(1);
});

test("an entry whose key comes later is read then, and not lost in a snapshot meanwhile", async () => {
  const { pages, server, clock, keys } = room();
  await startAt(198, server, keys);
  pages.push(new Page(server, clock, "ana", keys));
  const behind = someKeys();
  behind.value = keys.value;
  const ben = new Page(server, clock, "ben", behind);
  await clock.settled();
  keys.value = keys.value.with(ContentKeys.make(keys.value, 2));
  pages[0]?.board.draw([rawBox("box")]);
  await clock.pass(0);
  expect([ids(ben), ben.board.unreadable.value]).toEqual([[], 1]);
  ben.board.draw([rawBox("of ben")]);
  await clock.pass(0);
  expect([server.last, server.snapshot?.upto]).toEqual([200, 198]);
  behind.value = keys.value;
  await clock.pass(0);
  expect([ids(ben), ben.board.unreadable.value]).toEqual([["box", "of ben"], 0]);
});

test("a forged or spoiled entry changes nothing and is counted", async () => {
  const { pages, server, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  ana?.board.draw([rawBox("box")]);
  await clock.pass(0);
  const [entry] = server.entries;
  server.append("ben", entry?.entry ?? "");
  server.append("ana", "AAAAAQ");
  server.append("ana", "not base64url!");
  await clock.pass(0);
  expect([ids(ben), ben?.board.unreadable.value]).toEqual([["box"], 3]);
  ana?.board.draw([rawBox("another")]);
  await clock.pass(0);
  expect(ids(ben)).toEqual(["another", "box"]);
});

test.each<[RefusalCode, string]>([
  ["not_allowed", "not_allowed"],
  ["full", "full"],
  ["invalid", "invalid"],
])("what the server refuses for good (%s) is taken back", async (code, said) => {
  const { pages, server, clock } = room("ana");
  const [ana] = pages;
  await clock.settled();
  ana?.board.draw([rawBox("box")]);
  await clock.pass(0);
  server.locked.set("ana", code);
  ana?.board.draw([rawBox("box", { version: 2, x: 0 }), rawBox("more")]);
  await clock.pass(0);
  expect(ids(ana)).toEqual(["box"]);
  expect(ana?.board.get("box")?.version).toBe(1);
  expect([ana?.board.refused.value, ana?.board.unsent.value]).toEqual([said, 0]);
});

test("what comes too fast is sent later", async () => {
  const { pages, server, clock } = room("ana");
  const [ana] = pages;
  await clock.settled();
  server.locked.set("ana", "slow_down");
  ana?.board.draw([rawBox("box")]);
  await clock.pass(0);
  expect([ids(ana), ana?.board.unsent.value]).toEqual([["box"], 1]);
  server.locked.clear();
  await clock.pass(2_000);
  expect([server.entries.length, ana?.board.unsent.value]).toEqual([1, 0]);
});

test("a page keeps to two entries a second, and loses nothing by it", async () => {
  const { pages, server, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  for (let i = 0; i < 400; i += 1) {
    ana?.board.draw([rawBox(`box-${i}`)]);
    if (i % 20 === 0) await clock.pass(100);
  }
  await clock.pass(10_000);
  expect(server.last).toBeLessThanOrEqual(40 + 24);
  expect(ids(ben)).toHaveLength(400);
});

test("one thing that is too large is taken back, the rest is sent", async () => {
  const { pages, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  const random = seeded(9);
  await clock.settled();
  const text = Array.from({ length: 90_000 }, () => String.fromCharCode(33 + below(random, 90)));
  ana?.board.draw([rawBox("long", { type: "text", text: text.join("") }), rawBox("box")]);
  await clock.pass(5_000);
  expect([ids(ana), ids(ben)]).toEqual([["box"], ["box"]]);
  expect(ana?.board.refused.value).toBe("too_large");
});

test("a board takes 2,000 elements and no more", async () => {
  const { pages, clock } = room("ana");
  const [ana] = pages;
  await clock.settled();
  ana?.board.draw(Array.from({ length: 2_000 }, (_, i) => rawBox(`box-${i}`)));
  ana?.board.draw([rawBox("one more")]);
  expect(ana?.board.refused.value).toBe("full");
  expect(ids(ana)).toHaveLength(2_000);
  ana?.board.draw([rawBox("box-1", { version: 2, isDeleted: true }), rawBox("one more")]);
  expect(ids(ana)).toContain("one more");
});

test("a stroke of 201 points is seen as it grows, and costs less than 12 kB with its entry", async () => {
  const { pages, server, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  const points = wander(seeded(10), 201);
  await clock.settled();
  let shown = 0;
  for (let end = 1; end <= points.length; end += 1) {
    ana?.board.show([rawLine("line", points.slice(0, end))], null);
    await clock.pass(1_000 / 60);
    const [line] = ben?.board.underWay.value ?? [];
    shown = line ? handPoints(line).length : 0;
  }
  expect(shown).toBeGreaterThan(190);
  expect(ben?.board.pointers.value.has("ana")).toBe(true);
  ana?.board.draw([rawLine("line", points)]);
  await clock.pass(0);
  expect(ben?.board.underWay.value).toEqual([]);
  expect(ids(ben)).toEqual(["line"]);
  const entry = JSON.stringify({
    id: 12_345,
    message: { type: "board_append", board: 1, entry: server.entries[0]?.entry },
  });
  const bytes = server.strokeBytes + entry.length;
  expect(bytes).toBeLessThan(12_000);
  expect(bytes).toBeGreaterThan(2_000);
}, 20_000);

test("a stroke that breaks off is gone after a while", async () => {
  const { pages, clock } = room("ana", "ben");
  const [ana, ben] = pages;
  await clock.settled();
  ana?.board.show([rawLine("line", wander(seeded(11), 9))], null);
  await clock.pass(100);
  expect(ben?.board.underWay.value).toHaveLength(1);
  await clock.pass(10_000);
  expect(ben?.board.underWay.value).toEqual([]);
});
