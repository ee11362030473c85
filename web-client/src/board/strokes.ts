// What is under way: a line being drawn by hand, shapes being dragged, pointers. It is sent often, in few bytes,
// and never kept. Any part may be lost on the way: the finished element comes as an entry.

import { type Bytes, concat, utf8 } from "../crypto/bytes";
import { CryptoRefusal } from "../crypto/refusal";
import type { DeviceId } from "../protocol";
import { type BoardElement, canonical, handPoints, handPressures, isByHand } from "./element";
import { decodeElements, encodeElements } from "./entry";
import { VarintReader, VarintWriter } from "./varint";

/** In the coordinates of the scene. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
}

/** What a page tells of itself. */
export interface UnderWay {
  /** Being changed now, in their canonical form. */
  readonly elements: readonly BoardElement[];
  readonly pointer: Pointer | null;
}

/** Asks who can for a snapshot: something that is kept cannot be read here. */
export const ASK: Bytes = Uint8Array.of(4);

export function isAsk(body: Uint8Array): boolean {
  return body.length === 1 && body[0] === ASK[0];
}

/** Writes what has come to a line since the last time, and the whole of what is no line. */
export class StrokeWriter {
  #stroke = 0;
  #id = "";
  #sent = 0;
  #untilHead = 0;

  /** `null`: nothing new. */
  write({ elements, pointer }: UnderWay): Bytes | null {
    const [first] = elements;
    if (first !== undefined && elements.length === 1 && isByHand(first)) return this.#line(first);
    if (elements.length > 0) return concat(Uint8Array.of(SHAPES), encodeElements(elements));
    if (pointer === null) return null;
    const [x, y] = [stepsOf(pointer.x), stepsOf(pointer.y)];
    return new VarintWriter().byte(POINTER).signed(x).signed(y).done();
  }

  #line(element: BoardElement): Bytes | null {
    if (element.id !== this.#id) {
      this.#stroke += 1;
      this.#id = element.id;
      this.#sent = 0;
      this.#untilHead = 0;
    }
    const points = handPoints(element);
    const pressures = handPressures(element);
    if (points.length <= this.#sent) return null;
    const withHead = this.#untilHead === 0;
    this.#untilHead = withHead ? HEAD_EVERY - 1 : this.#untilHead - 1;
    const pressed = pressures.length >= points.length;
    const writer = new VarintWriter().byte(LINE).count(this.#stroke);
    writer.byte((withHead ? HAS_HEAD : 0) + (pressed ? HAS_PRESSURES : 0));
    if (withHead) writer.field(utf8(JSON.stringify(HEAD.map((key) => element[key] ?? null))));
    writer.count(this.#sent).count(points.length - this.#sent);
    let [x, y] = [0, 0];
    for (const [i, point] of points.entries()) {
      if (i < this.#sent) continue;
      const [nextX, nextY] = [stepsOf(point[0]), stepsOf(point[1])];
      writer.signed(nextX - x).signed(nextY - y);
      [x, y] = [nextX, nextY];
      if (pressed) writer.byte(Math.round((pressures[i] ?? 0) * 255));
    }
    this.#sent = points.length;
    return writer.done();
  }
}

/** What the others have under way. */
export class Strokes {
  readonly #authors = new Map<DeviceId, Author>();

  get isEmpty(): boolean {
    return this.#authors.size === 0;
  }

  /** Throws `CryptoRefusal` (`unreadable`). `now`: milliseconds. */
  take(from: DeviceId, body: Uint8Array, now: number): void {
    const author = this.#authors.get(from) ?? { line: null, shapes: [], pointer: null, at: now };
    try {
      readInto(author, body);
    } catch (error) {
      throw new CryptoRefusal("unreadable", { cause: error });
    }
    author.at = now;
    this.#authors.set(from, author);
  }

  /** Only these devices are there. */
  keep(devices: ReadonlySet<DeviceId>): void {
    for (const device of this.#authors.keys()) {
      if (!devices.has(device)) this.#authors.delete(device);
    }
  }

  /** Lets go of what nothing was heard of for long. Whether there was any. */
  expire(now: number): boolean {
    let any = false;
    for (const [device, author] of this.#authors) {
      if (now - author.at >= POINTER_STAYS) {
        this.#authors.delete(device);
        any = true;
      } else if (now - author.at >= STROKE_STAYS && (author.line || author.shapes.length > 0)) {
        author.line = null;
        author.shapes = [];
        any = true;
      }
    }
    return any;
  }

  /** Each as if it were finished. */
  elements(): BoardElement[] {
    return [...this.#authors.values()].flatMap(({ line, shapes }) => {
      const drawn = line === null ? null : lineOf(line);
      return drawn === null ? shapes : [...shapes, drawn];
    });
  }

  pointers(): Map<DeviceId, Pointer> {
    const pointers = new Map<DeviceId, Pointer>();
    for (const [device, { pointer }] of this.#authors) {
      if (pointer !== null) pointers.set(device, pointer);
    }
    return pointers;
  }
}

const POINTER = 1;
const LINE = 2;
const SHAPES = 3;
const HAS_HEAD = 1;
const HAS_PRESSURES = 2;
/** Steps in one unit of a drawing; coarser than what is kept. */
const STEPS = 8;
/** Parts of a line that go by until it is said again what it looks like, for those who missed it. */
const HEAD_EVERY = 24;
/** Milliseconds. */
const STROKE_STAYS = 5_000;
const POINTER_STAYS = 20_000;
const MOST_POINTS = 20_000;

/** What a line looks like, in the order in which it is said. */
const HEAD = [
  "id",
  "x",
  "y",
  "strokeColor",
  "strokeWidth",
  "opacity",
  "seed",
  "simulatePressure",
] as const;

interface Author {
  line: Line | null;
  shapes: readonly BoardElement[];
  pointer: Pointer | null;
  /** When it was heard of last. */
  at: number;
}

interface Line {
  readonly stroke: number;
  /** `null`: not heard of yet. */
  head: Record<string, unknown> | null;
  readonly points: [number, number][];
  readonly pressures: number[];
}

function stepsOf(value: number): number {
  return Math.round(value * STEPS);
}

function readInto(author: Author, body: Uint8Array): void {
  const reader = new VarintReader(body);
  switch (reader.byte()) {
    case POINTER:
      author.pointer = { x: reader.signed() / STEPS, y: reader.signed() / STEPS };
      author.line = null;
      author.shapes = [];
      break;
    case LINE:
      author.line = readLine(author.line, reader);
      author.shapes = [];
      author.pointer = tipOf(author.line) ?? author.pointer;
      break;
    case SHAPES:
      author.shapes = decodeElements(body.subarray(1));
      author.line = null;
      return;
    default:
      throw new RangeError("not a kind of stroke");
  }
  reader.end();
}

function readLine(known: Line | null, reader: VarintReader): Line {
  const stroke = reader.count();
  const flags = reader.byte();
  const head = (flags & HAS_HEAD) === 0 ? null : headOf(reader.field());
  const from = reader.count();
  const pressed = (flags & HAS_PRESSURES) !== 0;
  const points: [number, number][] = [];
  const pressures: number[] = [];
  let [x, y] = [0, 0];
  for (let left = reader.list(pressed ? 3 : 2); left > 0; left -= 1) {
    x += reader.signed();
    y += reader.signed();
    points.push([x / STEPS, y / STEPS]);
    if (pressed) pressures.push(reader.byte() / 255);
  }
  const line = known?.stroke === stroke ? known : { stroke, head, points: [], pressures: [] };
  line.head = head ?? line.head;
  // What comes twice is taken once; a part that was lost becomes a straight piece.
  line.points.length = Math.min(line.points.length, from);
  line.pressures.length = Math.min(line.pressures.length, from);
  if (line.points.length + points.length > MOST_POINTS) throw new RangeError("too long a line");
  line.points.push(...points);
  line.pressures.push(...pressures);
  return line;
}

function headOf(bytes: Uint8Array): Record<string, unknown> {
  const values: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (!Array.isArray(values)) throw new RangeError("not what a line looks like");
  return Object.fromEntries(HEAD.map((key, i) => [key, values[i]]));
}

function tipOf({ head, points }: Line): Pointer | null {
  const tip = points.at(-1);
  const [x, y] = [head?.["x"], head?.["y"]];
  if (tip === undefined || typeof x !== "number" || typeof y !== "number") return null;
  return { x: x + tip[0], y: y + tip[1] };
}

function lineOf({ head, points, pressures }: Line): BoardElement | null {
  if (head === null || points.length === 0) return null;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return canonical({
    ...head,
    type: "freedraw",
    version: 1,
    versionNonce: 0,
    isDeleted: false,
    angle: 0,
    width: spread(xs),
    height: spread(ys),
    points,
    pressures: pressures.length === points.length ? pressures : [],
  });
}

function spread(values: readonly number[]): number {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [0, 0],
  );
  return high - low;
}
