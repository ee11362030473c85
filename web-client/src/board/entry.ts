// What an entry or a snapshot says: elements. Points by hand, which are most of a drawing, are written as steps
// from one to the next; all else is JSON.

import { type Bytes, utf8 } from "../crypto/bytes";
import { CryptoRefusal } from "../crypto/refusal";
import {
  type BoardElement,
  canonical,
  handPoints,
  handPressures,
  isByHand,
  PRESSURES,
  STEPS,
} from "./element";
import { VarintReader, VarintWriter } from "./varint";

/** The elements have to be in their canonical form; they come back the same. */
export function encodeElements(elements: readonly BoardElement[]): Bytes {
  const writer = new VarintWriter();
  writer.field(utf8(JSON.stringify(elements.map(withoutPoints))));
  for (const element of elements) {
    if (!isByHand(element)) continue;
    const points = handPoints(element);
    writer.count(points.length);
    let [x, y] = [0, 0];
    for (const point of points) {
      const [nextX, nextY] = [Math.round(point[0] * STEPS), Math.round(point[1] * STEPS)];
      writer.signed(nextX - x).signed(nextY - y);
      [x, y] = [nextX, nextY];
    }
    const pressures = handPressures(element);
    writer.count(pressures.length);
    for (const pressure of pressures) writer.byte(Math.round(pressure * PRESSURES));
  }
  return writer.done();
}

/**
 * The elements, each in its canonical form. One that cannot be drawn here is left out.
 *
 * Throws `CryptoRefusal` (`unreadable`) for bytes that are no list of elements.
 */
export function decodeElements(bytes: Uint8Array): BoardElement[] {
  try {
    const reader = new VarintReader(bytes);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(reader.field());
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) throw new RangeError("not a list");
    const elements = list.flatMap((raw) => {
      const element = canonical(isHandRecord(raw) ? withPoints(raw, reader) : raw);
      return element === null ? [] : [element];
    });
    reader.end();
    return elements;
  } catch (error) {
    throw new CryptoRefusal("unreadable", { cause: error });
  }
}

function withoutPoints(element: BoardElement): object {
  if (!isByHand(element)) return element;
  const { points: _, pressures: __, ...rest } = element;
  return rest;
}

function isHandRecord(raw: unknown): raw is Record<string, unknown> {
  if (typeof raw !== "object" || raw === null) return false;
  const { type, isDeleted } = raw as Record<string, unknown>;
  return type === "freedraw" && isDeleted !== true;
}

function withPoints(raw: Record<string, unknown>, reader: VarintReader): object {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (let left = reader.list(2); left > 0; left -= 1) {
    x += reader.signed();
    y += reader.signed();
    points.push([x / STEPS, y / STEPS]);
  }
  const pressures: number[] = [];
  for (let left = reader.list(1); left > 0; left -= 1) pressures.push(reader.byte() / PRESSURES);
  return { ...raw, points, pressures };
}
