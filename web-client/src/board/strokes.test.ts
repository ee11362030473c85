// @vitest-environment node
import { expect, test } from "vitest";
import { handPoints } from "./element";
import { Strokes, StrokeWriter } from "./strokes";
import { below, element, rawBox, rawLine, seeded, wander } from "./testing/drawing";

const none = { elements: [], pointer: null };

function parts(length: number, seed = 7) {
  const random = seeded(seed);
  const points = wander(random, length);
  const writer = new StrokeWriter();
  const bodies: Uint8Array[] = [];
  for (let end = 1; end < length; end += 1 + below(random, 5)) {
    const line = element(rawLine("line", points.slice(0, end)));
    const body = writer.write({ elements: [line], pointer: null });
    if (body) bodies.push(body);
  }
  const whole = element(rawLine("line", points));
  bodies.push(writer.write({ elements: [whole], pointer: null }) ?? new Uint8Array());
  return { whole, bodies };
}

test("a line grows point by point into the one that was drawn", () => {
  const { whole, bodies } = parts(201);
  const strokes = new Strokes();
  for (const body of bodies) strokes.take("ana", body, 0);
  const [drawn] = strokes.elements();
  if (!drawn) throw new Error("a line is under way");
  expect(handPoints(drawn)).toHaveLength(201);
  for (const [i, [x, y]] of handPoints(drawn).entries()) {
    expect(Math.abs(x - (handPoints(whole)[i]?.[0] ?? Number.NaN))).toBeLessThanOrEqual(1 / 8);
    expect(Math.abs(y - (handPoints(whole)[i]?.[1] ?? Number.NaN))).toBeLessThanOrEqual(1 / 8);
  }
  expect(drawn).toMatchObject({ id: "line", strokeColor: "#1e1e1e", strokeWidth: 2 });
});

test("whatever part is lost, the line ends where it was drawn to", () => {
  const { whole, bodies } = parts(201);
  for (let lost = 0; lost < bodies.length - 1; lost += 1) {
    const strokes = new Strokes();
    for (const [i, body] of bodies.entries()) if (i !== lost) strokes.take("ana", body, 0);
    const tip = handPoints(strokes.elements()[0] ?? whole).at(-1);
    const end = handPoints(whole).at(-1);
    expect(Math.abs((tip?.[0] ?? Number.NaN) - (end?.[0] ?? 0))).toBeLessThanOrEqual(1 / 8);
  }
});

test("a part says only what is new", () => {
  const writer = new StrokeWriter();
  const line = element(rawLine("line", [[0, 0]]));
  expect(writer.write({ elements: [line], pointer: null })).not.toBeNull();
  expect(writer.write({ elements: [line], pointer: null })).toBeNull();
  expect(writer.write(none)).toBeNull();
});

test("pointers and shapes are shown as they are, and each author has one thing under way", () => {
  const [strokes, writer] = [new Strokes(), new StrokeWriter()];
  const box = element(rawBox("box", { version: 4 }));
  const say = (from: string, what: Parameters<StrokeWriter["write"]>[0]) =>
    strokes.take(from, writer.write(what) ?? new Uint8Array(), 0);
  say("ana", { elements: [box], pointer: null });
  say("ben", { elements: [], pointer: { x: -3.25, y: 40 } });
  expect(strokes.elements()).toEqual([box]);
  expect([...strokes.pointers()]).toEqual([["ben", { x: -3.25, y: 40 }]]);
  say("ana", { elements: [], pointer: { x: 1, y: 1 } });
  expect(strokes.elements()).toEqual([]);
  strokes.keep(new Set(["ana"]));
  expect([...strokes.pointers().keys()]).toEqual(["ana"]);
});

test("what nothing is heard of goes", () => {
  const [strokes, { bodies }] = [new Strokes(), parts(20)];
  for (const body of bodies) strokes.take("ana", body, 1_000);
  expect([strokes.expire(5_999), strokes.expire(6_000)]).toEqual([false, true]);
  expect([strokes.elements().length, strokes.pointers().size]).toEqual([0, 1]);
  expect([strokes.expire(21_000), strokes.pointers().size]).toEqual([true, 0]);
});

test("refuses what is no stroke, and shows nothing of it", () => {
  const random = seeded(8);
  const [body] = parts(20).bodies;
  if (!body) throw new Error("there is a part");
  const strokes = new Strokes();
  for (const bad of [new Uint8Array(), Uint8Array.of(9), body.slice(0, -1)]) {
    expect(() => strokes.take("ana", bad, 0)).toThrow(
      expect.objectContaining({ code: "unreadable" }),
    );
  }
  expect(strokes.elements()).toEqual([]);
  for (let round = 0; round < 2_000; round += 1) {
    const changed = body.slice();
    changed[below(random, changed.length)] = below(random, 256);
    try {
      strokes.take("ben", changed, 0);
    } catch (error) {
      expect(error).toMatchObject({ code: "unreadable" });
    }
    strokes.elements();
  }
});
