/** Codecs whose frames can be sealed without harm to the packets that carry them. */
export type Codec = "vp8" | "vp9" | "opus";

const CODECS: Record<string, Codec> = {
  "video/vp8": "vp8",
  "video/vp9": "vp9",
  "audio/opus": "opus",
};

/** `null` for a codec whose frames are refused: they would have to go in plain, or break. */
export function codecOf(mimeType: string): Codec | null {
  const [essence = ""] = mimeType.toLowerCase().split(";");
  return CODECS[essence.trim()] ?? null;
}

/**
 * Bytes at the start of a frame that stay readable, authenticated all the same.
 *
 * VP8: the frame tag and, of a key frame, start code and size (RFC 6386 section 9.1). Browsers and
 * the relay tell key frames by them. The lowest bit of the first byte is 0 in a key frame. As that
 * byte is never sealed, both ends read the same of it.
 * Opus: the table-of-contents byte (RFC 6716 section 3.1). VP9: nothing.
 */
export function clearPrefix(codec: Codec, frame: Uint8Array): number {
  switch (codec) {
    case "vp8":
      return ((frame[0] ?? 0) & 1) === 0 ? 10 : 3;
    case "opus":
      return 1;
    case "vp9":
      return 0;
  }
}
