// What is drawn, in the one form in which it is kept, compared and sent.
//
// An element is Excalidraw's, as plain data. Two pages that hold the same element hold the same bytes of it,
// so that whether two scenes are equal can be told by their hashes.

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface BoardElement {
  /** 1 to 64 characters. */
  readonly id: string;
  /** Rises with every change. */
  readonly version: number;
  /** Random, new with every change: decides between two changes of the same version. */
  readonly versionNonce: number;
  readonly isDeleted: boolean;
  readonly [key: string]: Json;
}

export type Point = readonly [x: number, y: number];

/** Steps in one unit of a drawing: points drawn by hand are kept this exactly. */
export const STEPS = 32;
/** Steps of a pen's pressure. */
export const PRESSURES = 255;

/**
 * The element in its one form: keys in order, no more than is drawn, points by hand rounded to `STEPS`. Of a
 * deleted one only what says so is left. The form of a form is itself.
 *
 * Links and what other programs attached are left out: nothing on a board leads out of it.
 *
 * `null`: not an element, not of a kind that is drawn here, or with numbers that cannot be drawn.
 */
export function canonical(raw: unknown): BoardElement | null {
  if (!isRecord(raw)) return null;
  const { id, version, versionNonce, isDeleted, type } = raw;
  if (typeof id !== "string" || id.length === 0 || id.length > MOST_ID) return null;
  if (!isCount(version, MOST_VERSION) || version === 0) return null;
  if (!isCount(versionNonce, MOST_NONCE)) return null;
  if (isDeleted === true) return { id, isDeleted: true, version, versionNonce };
  if (typeof type !== "string" || !KINDS.has(type)) return null;
  if (!["x", "y", "width", "height", "angle"].every((key) => isDrawable(raw[key]))) return null;
  if (type === "text" && typeof raw["text"] !== "string") return null;
  const points = POINTED.has(type) ? pointsOf(raw["points"]) : null;
  if (POINTED.has(type) && points === null) return null;
  const kept = plain({ ...raw, isDeleted: false, ...byHand(type, points, raw["pressures"]) }, 0);
  return kept === undefined ? null : (kept as BoardElement);
}

/** Whether `a` is shown rather than `b`, both of one id: a total order, the same on every page. */
export function wins(a: BoardElement, b: BoardElement): boolean {
  if (a.version !== b.version) return a.version > b.version;
  // The lower one, as Excalidraw itself has it.
  if (a.versionNonce !== b.versionNonce) return a.versionNonce < b.versionNonce;
  // Only a page that breaks the rules makes two of the same version and nonce.
  return JSON.stringify(a) < JSON.stringify(b);
}

/** Whether it was drawn by hand, point by point. */
export function isByHand(element: BoardElement): boolean {
  return element["type"] === "freedraw" && !element.isDeleted;
}

export function handPoints(element: BoardElement): readonly Point[] {
  return (element["points"] ?? []) as readonly Point[];
}

export function handPressures(element: BoardElement): readonly number[] {
  return (element["pressures"] ?? []) as readonly number[];
}

const MOST_ID = 64;
const MOST_VERSION = 1_000_000_000;
const MOST_NONCE = 2 ** 32;
/** Further out nothing can be found again, and the numbers of a canvas end. */
const FARTHEST = 10_000_000;
const DEEPEST = 6;

const KINDS: ReadonlySet<string> = new Set([
  "arrow",
  "diamond",
  "ellipse",
  "freedraw",
  "line",
  "rectangle",
  "text",
]);
const POINTED: ReadonlySet<string> = new Set(["arrow", "freedraw", "line"]);
const LEFT_OUT: ReadonlySet<string> = new Set([
  "customData",
  "lastCommittedPoint",
  "link",
  "updated",
]);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isDrawable(value: unknown): value is number {
  return Number.isFinite(value) && Math.abs(value as number) <= FARTHEST;
}

function pointsOf(value: unknown): Point[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const points: Point[] = [];
  for (const point of value) {
    if (!Array.isArray(point)) return null;
    const [x, y] = point;
    if (!isDrawable(x) || !isDrawable(y)) return null;
    points.push([x, y]);
  }
  return points;
}

function byHand(type: string, points: readonly Point[] | null, pressures: unknown) {
  if (type !== "freedraw" || points === null) return {};
  const pressed = Array.isArray(pressures) ? pressures : [];
  return {
    points: points.map(([x, y]) => [rounded(x, STEPS), rounded(y, STEPS)]),
    pressures: pressed.map((pressure) => rounded(Math.min(1, Math.max(0, pressure)), PRESSURES)),
  };
}

function rounded(value: number, steps: number): number {
  return Math.round((Number.isFinite(value) ? value : 0) * steps) / steps;
}

/** `undefined`: cannot be written down, and is left out. */
function plain(value: unknown, depth: number): Json | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    // The negative zero is written like the other one.
    return Number.isFinite(value) ? value + 0 : undefined;
  }
  if (depth === DEEPEST || typeof value !== "object") return undefined;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null);
  const kept: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    if (!/^[A-Za-z]+$/u.test(key) || (depth === 0 && LEFT_OUT.has(key))) continue;
    const item = plain((value as Record<string, unknown>)[key], depth + 1);
    if (item !== undefined) kept[key] = item;
  }
  return kept;
}
