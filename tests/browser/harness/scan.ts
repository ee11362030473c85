import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes that are looked for, and what they are called when they are found. */
export interface Needle {
  what: string;
  bytes: Buffer;
}

/** Where needles were found: name of the needle, and the places in the order they were scanned. */
export type Found = Map<string, string[]>;

const SHORTEST = 12;

/** Looks for many byte strings at once in files of any size, in one pass over each. */
export class Scan {
  readonly found: Found = new Map();
  /** Bytes that were looked at. */
  bytes = 0;
  /** One bit for each value of three bytes: are they an anchor? Most bytes go no further. */
  private readonly anchors = new Uint8Array(1 << 21);
  private readonly byAnchor = new Map<number, Anchored[]>();
  private longest = 0;

  constructor(needles: readonly Needle[]) {
    for (const needle of needles) {
      const { bytes, what } = needle;
      if (bytes.length < SHORTEST) throw new Error(`too short to mean anything: ${what}`);
      const from = anchorOf(bytes);
      const anchor = bytes.readUIntBE(from, 3);
      this.anchors[anchor >> 3] = (this.anchors[anchor >> 3] ?? 0) | (1 << (anchor & 7));
      this.byAnchor.set(anchor, [...(this.byAnchor.get(anchor) ?? []), { ...needle, from }]);
      this.longest = Math.max(this.longest, bytes.length);
    }
  }

  /** A file, or every file under a folder. `place` names it in what is found. */
  async path(path: string, place: string): Promise<void> {
    const kind = statSync(path);
    if (kind.isDirectory()) {
      for (const name of readdirSync(path)) await this.path(join(path, name), `${place}/${name}`);
      return;
    }
    // Sockets have no content.
    if (!kind.isFile()) return;
    // The end of each part is looked at again with the next one.
    let kept: Buffer = Buffer.alloc(0);
    for await (const part of createReadStream(path, { highWaterMark: 4 << 20 })) {
      this.bytes += part.length;
      const window = Buffer.concat([kept, part]);
      this.look(window, place);
      kept = window.subarray(Math.max(0, window.length - this.longest + 1));
    }
  }

  private look(window: Buffer, place: string): void {
    const { anchors } = this;
    const end = window.length - 2;
    let three = ((window[0] ?? 0) << 8) | (window[1] ?? 0);
    for (let at = 0; at < end; at += 1) {
      three = ((three << 8) | (window[at + 2] as number)) & 0xff_ffff;
      if (((anchors[three >> 3] as number) & (1 << (three & 7))) !== 0) {
        this.compare(window, at, three, place);
      }
    }
  }

  private compare(window: Buffer, at: number, anchor: number, place: string): void {
    for (const { what, bytes, from } of this.byAnchor.get(anchor) ?? []) {
      const begin = at - from;
      const end = begin + bytes.length;
      // One that the window cuts is whole in the one before or the next.
      if (begin < 0 || end > window.length) continue;
      if (window.compare(bytes, 0, bytes.length, begin, end) !== 0) continue;
      const places = this.found.get(what) ?? [];
      if (!places.includes(place)) this.found.set(what, [...places, place]);
    }
  }
}

/** A needle, and where its anchor lies. */
interface Anchored extends Needle {
  from: number;
}

/** Three bytes that differ and are not what memory is filled with: they are seldom come upon. */
function anchorOf(bytes: Buffer): number {
  for (let from = 0; from + 3 <= bytes.length; from += 1) {
    const three = new Set(bytes.subarray(from, from + 3));
    if (three.size === 3 && !three.has(0) && !three.has(0xff)) return from;
  }
  return 0;
}

/**
 * A text in every form in which software is likely to hold or send it: UTF-8, UTF-16 of both orders,
 * hexadecimal, and base64 of both alphabets wherever in a longer message it stands.
 */
export function formsOf(text: string): Needle[] {
  const bytes = Buffer.from(text);
  const forms: Needle[] = [
    { what: "text", bytes },
    { what: "UTF-16LE", bytes: Buffer.from(text, "utf16le") },
    { what: "UTF-16BE", bytes: Buffer.from(text, "utf16le").swap16() },
    { what: "hexadecimal", bytes: Buffer.from(bytes.toString("hex")) },
  ];
  for (const shift of [0, 1, 2]) {
    // Only the letters that the bytes around it have no part in.
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : shift + 1;
    const to = Math.floor((shifted.length * 8) / 6);
    for (const alphabet of ["base64", "base64url"] as const) {
      const letters = shifted.toString(alphabet).slice(from, to);
      forms.push({ what: `${alphabet} at ${shift}`, bytes: Buffer.from(letters) });
    }
  }
  return forms.map(({ what, bytes }) => ({ what: `canary as ${what}`, bytes }));
}
