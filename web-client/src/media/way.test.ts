import { describe, expect, it } from "vitest";
import { wayOf, worse } from "./way";

function report(...entries: { id: string; type: string; [member: string]: unknown }[]) {
  return new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;
}

const host = { id: "h", type: "local-candidate", candidateType: "host" };
const relayed = (relayProtocol?: string) => ({
  id: "r",
  type: "local-candidate",
  candidateType: "relay",
  relayProtocol,
});
const pair = (id: string, localCandidateId: string, more = {}) => ({
  id,
  type: "candidate-pair",
  localCandidateId,
  ...more,
});

describe("the way of a connection", () => {
  it("is that of the pair which the transport names", () => {
    const transport = { id: "t", type: "transport", selectedCandidatePairId: "2" };
    const nominated = { nominated: true, state: "succeeded" };
    const pairs = [pair("1", "h", nominated), pair("2", "r", nominated)];
    expect(wayOf(report(host, relayed("tls"), ...pairs, transport))).toBe("relay_tls");
  });

  it("is that of the selected pair where no transport names one", () => {
    const pairs = [pair("1", "h", { selected: false }), pair("2", "r", { selected: true })];
    expect(wayOf(report(host, relayed("tcp"), ...pairs))).toBe("relay_tcp");
    expect(wayOf(report(host, relayed("udp"), ...pairs))).toBe("relay_udp");
    expect(wayOf(report(host, pair("1", "h", { selected: true })))).toBe("direct");
  });

  it("is not known before a pair works", () => {
    expect(wayOf(report())).toBeNull();
    expect(
      wayOf(report(host, pair("1", "h", { nominated: false, state: "in-progress" }))),
    ).toBeNull();
    expect(wayOf(report(pair("1", "gone", { selected: true })))).toBeNull();
  });

  it("of a call is the worse of its two connections", () => {
    expect(worse("direct", "relay_tls")).toBe("relay_tls");
    expect(worse("relay_tcp", "relay_udp")).toBe("relay_tcp");
    expect(worse(null, "direct")).toBe("direct");
    expect(worse(null, null)).toBeNull();
  });
});
