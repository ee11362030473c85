import { useEffect, useState } from "preact/hooks";
import * as browser from "../../media/devices";
import { LocalMedia } from "../../media/local";
import { meter } from "../../media/meter";

/** This page's own camera and microphone. */
export function newLocalMedia(): LocalMedia {
  return new LocalMedia(browser);
}

/** Loudness of a microphone, 0 to 1, while the view is shown; 0 without one. */
export function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    if (!track) return;
    return meter(track, setLevel);
  }, [track]);
  return level;
}
