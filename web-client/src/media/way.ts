/** How this browser reaches the relay, from the best way to the last resort. */
export const WAYS = ["direct", "relay_udp", "relay_tcp", "relay_tls"] as const;
export type Way = (typeof WAYS)[number];

/** The way of one connection by its statistics, `null` while it is not connected. */
export function wayOf(report: RTCStatsReport): Way | null {
  const entries = [...(report.values() as Iterable<Entry>)];
  const pair = selected(entries);
  const local = entries.find(({ id }) => id === pair?.localCandidateId);
  if (!local?.candidateType) return null;
  if (local.candidateType !== "relay") return "direct";
  switch (local.relayProtocol) {
    case "tcp":
      return "relay_tcp";
    case "tls":
      return "relay_tls";
    default:
      return "relay_udp";
  }
}

/** The worse of two: a call is as good as the worse of its connections. */
export function worse(one: Way | null, other: Way | null): Way | null {
  if (one === null || other === null) return one ?? other;
  return WAYS.indexOf(one) < WAYS.indexOf(other) ? other : one;
}

/** Chromium names the pair in the transport's entry, Firefox marks the pair itself. */
function selected(entries: Entry[]): Entry | undefined {
  const named = entries.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  const pairs = entries.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find(({ id }) => named !== undefined && id === named) ??
    pairs.find(({ selected }) => selected === true) ??
    pairs.find(({ nominated, state }) => nominated === true && state === "succeeded")
  );
}

/** The members that are read of W3C WebRTC statistics, of any type. */
interface Entry {
  id: string;
  type: string;
  selectedCandidatePairId?: string;
  selected?: boolean;
  nominated?: boolean;
  state?: string;
  localCandidateId?: string;
  candidateType?: string;
  relayProtocol?: string;
}
