/** Channel by which the worker tells its page that a picture was opened and goes to the decoder. */
export const OPENED = "test:opened";

export interface Opened {
  /** Place in the tree of who sent it. */
  leaf: number;
  /** Milliseconds since 1970. */
  at: number;
}

const channel = new BroadcastChannel(OPENED);

/** Tells the pages of this browser. The time is the worker's: a page may be busy. */
export function tellOpened(leaf: number): void {
  channel.postMessage({ leaf, at: Date.now() } satisfies Opened);
}
