import type { Evaluates } from "./rtc";

/** Milliseconds between two looks at the counters: how exact a gap is. */
const LOOK_EVERY = 40;

interface Watched {
  /** When frames had been decoded, milliseconds since 1970, by received stream. */
  decoded: Map<string, number[]>;
}

/** Begins to note when frames of each received camera are decoded. Ends with the page. */
export function watchFrames(page: Evaluates): Promise<void> {
  return page.evaluate((every: number) => {
    const held = window as unknown as { heldConnections: RTCPeerConnection[]; watched?: Watched };
    if (held.watched) return;
    const decoded = new Map<string, number[]>();
    held.watched = { decoded };
    const counts = new Map<string, number>();
    const look = async () => {
      for (const [at, connection] of held.heldConnections.entries()) {
        if (connection.connectionState !== "connected") continue;
        for (const s of (await connection.getStats()).values()) {
          if (s.type !== "inbound-rtp" || s.kind !== "video") continue;
          const stream = `${at}/${s.mid}/${s.ssrc}`;
          const before = counts.get(stream) ?? 0;
          counts.set(stream, s.framesDecoded ?? 0);
          if ((s.framesDecoded ?? 0) <= before) continue;
          const times = decoded.get(stream) ?? [];
          times.push(Date.now());
          decoded.set(stream, times);
        }
      }
      setTimeout(look, every);
    };
    void look();
  }, LOOK_EVERY);
}

/** A pause in what a page decodes of one camera, milliseconds. */
export interface Gap {
  length: number;
  /** When it ended. */
  at: number;
}

/**
 * The longest pause between two decoded frames of one camera from one moment to another (milliseconds
 * since 1970). Only cameras count that were there before and after.
 */
export async function longestGap(page: Evaluates, from: number, to: number): Promise<Gap> {
  const streams = await page.evaluate<number[][]>(() => {
    const { watched } = window as unknown as { watched: Watched };
    return [...watched.decoded.values()];
  });
  const lasting = streams.filter(
    (times) => (times[0] ?? Number.POSITIVE_INFINITY) <= from && (times.at(-1) ?? 0) >= to,
  );
  if (lasting.length === 0) throw new Error("no camera was there all the while");
  let longest: Gap = { length: 0, at: from };
  for (const times of lasting) {
    for (let n = 1; n < times.length; n += 1) {
      const at = times[n] as number;
      const length = at - (times[n - 1] as number);
      if (at >= from && at - length <= to && length > longest.length) longest = { length, at };
    }
  }
  return longest;
}
