import type { Frames } from "../../../web-client/src/crypto/frames/frames";
import type { SecureRoom } from "../../../web-client/src/crypto/room";
import { OPENED, type Opened } from "./opened";
import { SLICES } from "./slices";

/** What a page of the test build keeps for the specs, as `held`. */
export interface Held {
  /** The newest last. */
  rooms: SecureRoom[];
  frames: Frames[];
  /** Slices of frames that pages of this browser were about to seal, in hexadecimal. */
  slices: Set<string>;
  /** When pictures of each member were opened, milliseconds since 1970, by leaf. */
  opened: Map<number, number[]>;
}

export const held: Held = { rooms: [], frames: [], slices: new Set(), opened: new Map() };

const MARK = "test:held";

const page = globalThis as { held?: Held; marks?: string };
page.held = held;
page.marks = MARK;

new BroadcastChannel(SLICES).onmessage = ({ data }: MessageEvent<string>) => held.slices.add(data);

new BroadcastChannel(OPENED).onmessage = ({ data: { leaf, at } }: MessageEvent<Opened>) => {
  const times = held.opened.get(leaf) ?? [];
  times.push(at);
  held.opened.set(leaf, times);
};
