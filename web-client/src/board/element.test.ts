// @vitest-environment node
import { expect, test } from "vitest";
import { canonical, wins } from "./element";
import { anyElement, element, rawBox, rawLine, seeded, wander } from "./testing/drawing";

test("the canonical form of a form is itself, and says no more than is drawn", () => {
  const random = seeded(1);
  const line = element({
    ...rawLine("line", wander(random, 50)),
    pressures: [0.5, 2, Number.NaN],
    link: "https://example.org",
    customData: { a: 1 },
    zz: () => 0,
    __proto__: { polluted: true },
  });
  expect(canonical(line)).toEqual(line);
  expect(JSON.stringify(canonical(line))).toBe(JSON.stringify(line));
  for (const key of ["link", "customData", "updated", "lastCommittedPoint", "zz", "polluted"]) {
    expect(line).not.toHaveProperty(key);
  }
  expect(line["pressures"]).toEqual([128 / 255, 1, 0]);
});

test("the order in which keys were written makes no difference", () => {
  const raw = rawBox("box");
  const turned = Object.fromEntries(Object.entries(raw).reverse());
  expect(JSON.stringify(canonical(turned))).toBe(JSON.stringify(canonical(raw)));
});

test("of a deleted element only that is left", () => {
  expect(canonical(rawBox("box", { isDeleted: true, version: 7, versionNonce: 3 }))).toEqual({
    id: "box",
    isDeleted: true,
    version: 7,
    versionNonce: 3,
  });
});

test.each([
  ["no element", null],
  ["a list", []],
  ["no id", rawBox("")],
  ["a long id", rawBox("i".repeat(65))],
  ["no version", rawBox("a", { version: 0 })],
  ["half a version", rawBox("a", { version: 1.5 })],
  ["a version that nothing could follow", rawBox("a", { version: Number.MAX_SAFE_INTEGER })],
  ["a nonce below zero", rawBox("a", { versionNonce: -1 })],
  ["a kind that leads elsewhere", rawBox("a", { type: "iframe" })],
  ["nowhere", rawBox("a", { x: Number.NaN })],
  ["too far out", rawBox("a", { y: 1e9 })],
  ["text without words", rawBox("a", { type: "text" })],
  ["a line without points", rawLine("a", [])],
  ["a line with half a point", { ...rawLine("a", []), points: [[1]] }],
])("refuses %s", (_, raw) => {
  expect(canonical(raw)).toBeNull();
});

test("which of two is shown is a total order", () => {
  const random = seeded(2);
  const drawn = Array.from({ length: 30 }, () => anyElement(random));
  for (const a of drawn) {
    expect(wins(a, a)).toBe(false);
    for (const b of drawn) {
      if (JSON.stringify(a) !== JSON.stringify(b)) expect(wins(a, b)).toBe(!wins(b, a));
      for (const c of drawn) if (wins(a, b) && wins(b, c)) expect(wins(a, c)).toBe(true);
    }
  }
});
