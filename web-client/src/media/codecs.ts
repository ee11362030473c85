/** The layers of a camera, low to high, as the relay knows them by their rids. */
export const CAMERA_LAYERS: RTCRtpEncodingParameters[] = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

/** A screen is sent once, at its own size. */
export const SCREEN_LAYER: RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000 }];

/** Loudness of a voice needs no more, at a constant rate. */
export const SOUND: RTCRtpEncodingParameters[] = [{ maxBitrate: 40_000 }];

/**
 * The same codecs with VP8 first. They are put in order, never filtered: a shorter list makes
 * offers that other browsers reject.
 */
export function vp8First<C extends { mimeType: string }>(codecs: readonly C[]): C[] {
  const isVp8 = ({ mimeType }: C): boolean => mimeType.toLowerCase() === "video/vp8";
  return [...codecs.filter(isVp8), ...codecs.filter((codec) => !isVp8(codec))];
}
