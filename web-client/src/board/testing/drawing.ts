// Elements and scenes for the tests of this folder, the same for the same seed.

import { type BoardElement, canonical } from "../element";

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: () => number, end: number): number {
  return Math.floor(random() * end);
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** As Excalidraw gives it, with what it has that boards leave out. */
export function rawLine(id: string, points: readonly (readonly [number, number])[]) {
  return {
    id,
    type: "freedraw",
    x: 204.53125,
    y: 310.1171875,
    width: 380.2,
    height: 120.7,
    angle: 0,
    strokeColor: "#1e1e1e",
    backgroundColor: "transparent",
    fillStyle: "solid",
    strokeWidth: 2,
    strokeStyle: "solid",
    roughness: 1,
    opacity: 100,
    groupIds: [],
    frameId: null,
    index: "a3",
    roundness: null,
    seed: 2_091_772_109,
    version: points.length + 1,
    versionNonce: 1_482_119_213,
    isDeleted: false,
    boundElements: null,
    updated: 1_764_022_000_000,
    link: null,
    locked: false,
    points,
    pressures: [] as number[],
    simulatePressure: true,
    lastCommittedPoint: points.at(-1) ?? null,
  };
}

export function rawBox(id: string, over: Record<string, unknown> = {}) {
  const { points: _, pressures: __, simulatePressure: ___, ...rest } = rawLine(id, []);
  return { ...rest, type: "rectangle", version: 1, lastCommittedPoint: undefined, ...over };
}

/** A line by hand as a pointer gives it, about six units from point to point. */
export function wander(random: () => number, length: number): [number, number][] {
  const points: [number, number][] = [[0, 0]];
  let [x, y, heading] = [0, 0, random() * 6];
  while (points.length < length) {
    heading += random() - 0.5;
    x += Math.cos(heading) * 12 * random();
    y += Math.sin(heading) * 12 * random();
    points.push([x, y]);
  }
  return points;
}

/** Of few ids, versions and nonces, so that much of it is at odds. */
export function anyElement(random: () => number): BoardElement {
  const id = `element-${below(random, 6)}`;
  const isDeleted = random() < 0.2;
  const line = random() < 0.5;
  const raw = line ? rawLine(id, wander(random, 1 + below(random, 20))) : rawBox(id);
  return element({
    ...raw,
    version: 1 + below(random, 4),
    versionNonce: below(random, 3),
    x: below(random, 3),
    isDeleted,
  });
}

export function element(raw: unknown): BoardElement {
  const found = canonical(raw);
  if (found === null) throw new Error("cannot be drawn");
  return found;
}
