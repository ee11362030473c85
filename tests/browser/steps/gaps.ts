import type { Held } from "../client/held";
import type { Evaluates } from "../harness/rtc";

/** What became of the pictures that a page received in some time. */
export interface Pictures {
  /** The longest pause between two of one member that could be shown, milliseconds. */
  longest: number;
  /** Of those that were opened, how many were decoded: about 1, as they are counted a moment apart. */
  decoded: number;
}

/** Watches what a page receives from now on; the answer is asked for when enough time has gone. */
export async function watchPictures(page: Evaluates): Promise<() => Promise<Pictures>> {
  const from = Date.now();
  const before = await decodedBy(page);
  return async () => {
    const after = await decodedBy(page);
    const to = Date.now();
    const members = await page.evaluate<number[][]>(() => [
      ...(window as unknown as { held: Held }).held.opened.values(),
    ]);
    const lasting = members.filter(
      (times) =>
        times.some((at) => at > from - RECENT && at < from) && times.some((at) => at > to - RECENT),
    );
    if (lasting.length === 0) throw new Error("no member was there all the while");
    const opened = lasting.flat().filter((at) => at >= from && at <= to).length;
    let decoded = 0;
    for (const [stream, count] of after) decoded += count - (before.get(stream) ?? count);
    return {
      longest: Math.max(...lasting.map((times) => longestPause(times, from, to))),
      decoded: decoded / opened,
    };
  };
}

/** Milliseconds. A member of whom nothing came for so long is gone, or not there yet. */
const RECENT = 3_000;

/** Decoded pictures by received stream. */
async function decodedBy(page: Evaluates): Promise<Map<string, number>> {
  const counts = await page.evaluate<[string, number][]>(async () => {
    const held = window as unknown as { heldConnections: RTCPeerConnection[] };
    const found: [string, number][] = [];
    for (const [n, connection] of held.heldConnections.entries()) {
      if (connection.connectionState === "closed") continue;
      for (const s of (await connection.getStats()).values()) {
        const video = s.type === "inbound-rtp" && s.kind === "video";
        if (video) found.push([`${n}/${s.ssrc}`, s.framesDecoded ?? 0]);
      }
    }
    return found;
  });
  return new Map(counts);
}

/** Of moments in order; one that began before `from` or lasts beyond `to` counts as well. */
function longestPause(times: readonly number[], from: number, to: number): number {
  let longest = 0;
  for (const [n, at] of times.entries()) {
    const next = times[n + 1] ?? to;
    if (next >= from && at <= to) longest = Math.max(longest, next - at);
  }
  return longest;
}
