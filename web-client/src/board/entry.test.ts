// @vitest-environment node
import { expect, test } from "vitest";
import { utf8 } from "../crypto/bytes";
import { ContentKeys } from "../crypto/content";
import { refusal } from "../crypto/testing/people";
import { deflate } from "./deflate";
import { decodeElements, encodeElements } from "./entry";
import { open, type Place, seal, type What } from "./envelope";
import { anyElement, below, element, rawBox, rawLine, seeded, wander } from "./testing/drawing";
import { VarintReader, VarintWriter } from "./varint";

const keys = ContentKeys.none.with(ContentKeys.make(ContentKeys.none, 1));
const place: Place = { scope: "session", board: 2, author: "ana" };
const entry: What = { is: "entry" };

test("numbers of every size come back", () => {
  const numbers = [0, 1, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const writer = new VarintWriter();
  for (const number of numbers) writer.count(number);
  for (const number of numbers.slice(0, -1)) writer.signed(number).signed(-number);
  const reader = new VarintReader(writer.done());
  expect(numbers.map(() => reader.count())).toEqual(numbers);
  for (const number of numbers.slice(0, -1)) {
    expect(reader.signed()).toBe(number);
    expect(reader.signed() + number).toBe(0);
  }
  reader.end();
  expect(() => new VarintReader(new Uint8Array(9).fill(0xff)).count()).toThrow(RangeError);
});

test("elements come back the same", () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round += 1) {
    const drawn = Array.from({ length: below(random, 5) }, () => anyElement(random));
    expect(decodeElements(encodeElements(drawn))).toEqual(drawn);
  }
  const pressed = element({
    ...rawLine("pen", wander(random, 30)),
    pressures: Array.from({ length: 30 }, random),
  });
  expect(decodeElements(encodeElements([pressed]))).toEqual([pressed]);
});

test("what cannot be drawn here is left out, the rest is read", () => {
  const box = element(rawBox("box"));
  const strange = { ...box, id: "strange", type: "iframe" };
  expect(decodeElements(encodeElements([strange, box]))).toEqual([box]);
});

test("refuses bytes that are no list of elements, whatever was changed in them", async () => {
  const random = seeded(4);
  const good = encodeElements([element(rawLine("line", wander(random, 10)))]);
  for (const bytes of [
    new Uint8Array(),
    utf8("hello"),
    good.slice(0, -1),
    Uint8Array.of(...good, 0),
  ]) {
    expect(await refusal(Promise.resolve().then(() => decodeElements(bytes)))).toBe("unreadable");
  }
  for (let round = 0; round < 2_000; round += 1) {
    const changed = good.slice();
    changed[below(random, changed.length)] = below(random, 256);
    try {
      decodeElements(changed);
    } catch (error) {
      expect(error).toMatchObject({ code: "unreadable" });
    }
  }
});

test("a sealed entry opens for its board, author and kind only", async () => {
  const body = encodeElements([element(rawBox("box"))]);
  const sealed = await seal(keys, place, entry, body);
  if (sealed === null) throw new Error("there is a key");
  expect(await open(keys, place, entry, sealed)).toEqual(body);
  for (const [where, what] of [
    [{ ...place, board: 3 }, entry],
    [{ ...place, author: "ben" }, entry],
    [place, { is: "stroke" }],
    [place, { is: "snapshot", upto: 4 }],
  ] as const) {
    expect(await refusal(open(keys, where, what, sealed))).toBe("unreadable");
  }
  const snapshot = await seal(keys, place, { is: "snapshot", upto: 4 }, body);
  if (snapshot === null) throw new Error("there is a key");
  expect(await open(keys, place, { is: "snapshot", upto: 4 }, snapshot)).toEqual(body);
  expect(await refusal(open(keys, place, { is: "snapshot", upto: 5 }, snapshot))).toBe(
    "unreadable",
  );
  expect(await seal(ContentKeys.none, place, entry, body)).toBeNull();
});

test("a small entry that becomes too large a one is refused", async () => {
  const bomb = await deflate(new Uint8Array(2 << 20));
  const plain = Uint8Array.of(1, 1, 2, 1, ...bomb);
  const sealed = await keys.encrypt(plain, place.author, place.scope);
  expect(bomb.length).toBeLessThan(4_000);
  expect(await refusal(open(keys, place, entry, sealed ?? plain))).toBe("unreadable");
});

test("2,000 elements make a snapshot of less than 1 MiB", async () => {
  const random = seeded(5);
  const drawn = Array.from({ length: 2_000 }, (_, i) =>
    element(i % 2 === 0 ? rawLine(`line ${i}`, wander(random, 201)) : rawBox(`box ${i}`, { x: i })),
  );
  const sealed = await seal(keys, place, { is: "snapshot", upto: 9 }, encodeElements(drawn));
  expect(sealed?.length).toBeLessThan(1 << 20);
});
