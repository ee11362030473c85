import type { GroupEpoch, Source } from "../../protocol";
import type { Bytes } from "../bytes";
import type { Drop, Expected } from "./opener";
import type { TimingSummary } from "./timing";

/** What the page tells the worker of its frames. */
export type ToWorker =
  /** Frames of this epoch can be opened. */
  | { type: "keys"; at: GroupEpoch; baseKey: Bytes }
  /** Frames are sealed with the key of this epoch and leaf. */
  | { type: "send_with"; at: GroupEpoch; leaf: number }
  /** Frames of epochs whose keys were given before those of this one cannot be opened any more. */
  | { type: "forget_before"; at: GroupEpoch }
  /** Who may be heard or seen in a section; nobody before this is said. */
  | { type: "expect"; section: number; from: Expected | null }
  /** A section is over: nothing of it is played any more. */
  | { type: "end"; section: number }
  | { type: "timing" };

/** What the worker tells the page. */
export type FromWorker =
  | { type: "health"; health: [section: number, health: FrameHealth][] }
  | { type: "timing"; timing: FrameTiming };

/** Options of a transform. A section has its number from the page, never the same twice. */
export type Role = { is: "seal"; source: Source } | { is: "open"; section: number };

/** How the frames of one section fare. */
export interface FrameHealth {
  /** Frames that were opened. */
  opened: number;
  /** Frames that were not played, by reason. */
  dropped: Readonly<Record<Drop, number>>;
  /** False while frames come that cannot be opened, or somebody meddles with them. */
  secure: boolean;
}

/** Time from a frame's coming into the worker to its going on. */
export interface FrameTiming {
  seal: TimingSummary;
  open: TimingSummary;
}
