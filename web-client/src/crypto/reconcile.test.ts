import { describe, expect, it } from "vitest";
import type { Member } from "./group";
import { type Candidate, outsiders, reconcile, type Standing } from "./reconcile";

const HOST = new Uint8Array(65).fill(4);
const OTHER = new Uint8Array(65).fill(5);

const member = (device: string, leaf: number, more: Partial<Member> = {}): Member => ({
  device,
  participant: `seat of ${device}`,
  name: device,
  leaf,
  staff: null,
  mayCommit: false,
  ...more,
});
const host = member("host", 0, { staff: HOST, mayCommit: true });
const here = (device: string) => ({
  device,
  participant: `seat of ${device}`,
  connection: "here" as const,
});
const candidate = (device: string, more: Partial<Candidate> = {}): [string, Candidate] => [
  device,
  { device, participant: `seat of ${device}`, proof: "proven", staff: null, ...more },
];

function standing(more: Partial<Standing> = {}): Standing {
  return {
    self: "host",
    members: [host, member("ana", 1)],
    admitted: [here("host"), here("ana")],
    gone: new Set(),
    candidates: new Map(),
    roles: new Map(),
    letIn: new Set(),
    host: HOST,
    asHost: true,
    ...more,
  };
}

describe("what the tree should become", () => {
  it("is what it is when everyone here is in it", () => {
    expect(reconcile(standing())).toBeNull();
  });

  it("loses those who are gone, and not those who are not known to be", () => {
    const left = standing({ admitted: [here("host")] });
    expect(reconcile(left)).toBeNull();
    expect(reconcile({ ...left, gone: new Set(["ana"]) })).toEqual({
      add: [],
      remove: ["ana"],
      name: [],
    });
    expect(reconcile(standing({ gone: new Set(["ana"]) }))).toBeNull();
  });

  it("gains nobody on the server's word alone", () => {
    const claimed = standing({
      admitted: [here("host"), here("ana"), here("ghost")],
      candidates: new Map([candidate("ghost")]),
    });
    expect(reconcile(claimed)).toBeNull();
    expect(outsiders(claimed).map(({ device }) => device)).toEqual(["ghost"]);
  });

  it("gains again whom the host let in once, unless the package is forged or not known", () => {
    const again = (proof: Candidate["proof"]) =>
      standing({
        admitted: [here("host"), here("ana"), here("ben")],
        candidates: new Map([candidate("ben", { proof })]),
        letIn: new Set(["ben"]),
      });
    expect(reconcile(again("proven"))?.add).toEqual(["ben"]);
    expect(reconcile(again("server_made"))?.add).toEqual(["ben"]);
    expect(reconcile(again("forged"))).toBeNull();
    expect(reconcile(again("pending"))).toBeNull();
    expect(outsiders(again("forged"))).toEqual([]);
  });

  it("gains and names another device of the host, and of nobody else's identity", () => {
    const second = (staff: Uint8Array) =>
      standing({
        admitted: [here("host"), here("ana"), here("tablet")],
        candidates: new Map([candidate("tablet", { staff })]),
      });
    expect(reconcile(second(HOST))).toEqual({ add: ["tablet"], remove: [], name: ["tablet"] });
    expect(reconcile(second(OTHER))).toBeNull();
    expect(outsiders(second(HOST))).toEqual([]);
    const lost = { ...here("tablet"), connection: "lost" as const };
    expect(reconcile({ ...second(HOST), admitted: [here("host"), here("ana"), lost] })).toBeNull();
  });

  it("names co-facilitators, in the same commit when they are added by it", () => {
    const roles = new Map([["seat of ana", "co_facilitator" as const]]);
    expect(reconcile(standing({ roles }))?.name).toEqual(["ana"]);
    expect(reconcile(standing({ roles, asHost: false }))).toBeNull();
    const gone = standing({ roles, admitted: [here("host")], gone: new Set(["ana"]) });
    expect(reconcile(gone)).toEqual({ add: [], remove: ["ana"], name: [] });
  });

  it("is for the first committer who is here, and for nobody else", () => {
    const cofacilitator = member("ana", 1, { mayCommit: true });
    const left = standing({
      self: "ana",
      asHost: false,
      members: [host, cofacilitator, member("ben", 2)],
      gone: new Set(["ben", "host"]),
    });
    expect(reconcile(left)).toBeNull();
    const alone = { ...left, admitted: [here("ana")] };
    expect(reconcile(alone)?.remove).toEqual(["host", "ben"]);
    const lost = { ...left, admitted: [{ ...here("host"), connection: "lost" as const }] };
    expect(reconcile(lost)?.remove).toEqual(["ben"]);
    expect(reconcile(standing({ self: "ana", gone: new Set(["ben"]) }))).toBeNull();
  });
});
