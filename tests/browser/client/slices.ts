/** Channel by which the worker tells its page what it is about to seal. */
export const SLICES = "test:slices";

/** Bytes of a slice. */
const LENGTH = 32;
/** Beyond what stays readable of a frame. */
const FROM = 16;
/** A slice of fewer different bytes may be padding, which is found anywhere. */
const DIFFERENT = 20;

/** Two slices of a frame in hexadecimal, from its beginning and its middle; fewer of a short one. */
export function slicesOf(frame: Uint8Array): string[] {
  const places = new Set([FROM, Math.max(FROM, frame.length >> 1)]);
  return [...places]
    .map((from) => frame.subarray(from, from + LENGTH))
    .filter((slice) => slice.length === LENGTH && new Set(slice).size >= DIFFERENT)
    .map((slice) => Array.from(slice, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}

const channel = new BroadcastChannel(SLICES);

/** Tells the pages of this browser. */
export function record(frame: Uint8Array): void {
  for (const slice of slicesOf(frame)) channel.postMessage(slice);
}
