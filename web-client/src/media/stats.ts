import type { Sample } from "./quality";

/** The loudness of each received track, 0 to 1, by the track's id. */
export function levels(report: RTCStatsReport): Map<string, number> {
  const found = new Map<string, number>();
  for (const entry of entries(report)) {
    if (
      entry.type === "inbound-rtp" &&
      entry.kind === "audio" &&
      entry.trackIdentifier !== undefined
    ) {
      found.set(entry.trackIdentifier, entry.audioLevel ?? 0);
    }
  }
  return found;
}

/** Counters of the receiving connection. */
export function received(
  report: RTCStatsReport,
): Pick<Sample, "packetsReceived" | "packetsLost" | "framesDecoded"> {
  const sum = { packetsReceived: 0, packetsLost: 0, framesDecoded: 0 };
  for (const entry of entries(report)) {
    if (entry.type !== "inbound-rtp") continue;
    sum.packetsReceived += entry.packetsReceived ?? 0;
    sum.packetsLost += Math.max(0, entry.packetsLost ?? 0);
    sum.framesDecoded += entry.framesDecoded ?? 0;
  }
  return sum;
}

/** What the relay reports of what was sent, the worst of the sources. */
export function sent(report: RTCStatsReport): Pick<Sample, "roundTrip" | "lostSending"> {
  let roundTrip: number | null = null;
  let lostSending = 0;
  for (const entry of entries(report)) {
    if (
      entry.type === "candidate-pair" &&
      entry.nominated &&
      entry.currentRoundTripTime !== undefined
    ) {
      roundTrip = entry.currentRoundTripTime;
    }
    if (entry.type === "remote-inbound-rtp")
      lostSending = Math.max(lostSending, entry.fractionLost ?? 0);
  }
  return { roundTrip, lostSending };
}

/** The members that are read of W3C WebRTC statistics, of any type. */
interface Entry {
  type: string;
  kind?: string;
  trackIdentifier?: string;
  audioLevel?: number;
  packetsReceived?: number;
  packetsLost?: number;
  framesDecoded?: number;
  nominated?: boolean;
  currentRoundTripTime?: number;
  fractionLost?: number;
}

function entries(report: RTCStatsReport): Iterable<Entry> {
  return report.values() as Iterable<Entry>;
}
