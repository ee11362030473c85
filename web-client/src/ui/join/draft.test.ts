import { describe, expect, it } from "vitest";
import { attestationOf, type Draft, EMPTY, missingOf } from "./draft";

const ALL = ["place", "emergency_contact", "consent"] as const;

const full: Draft = {
  state: "OR",
  address: " 1840 Alder St, Portland ",
  kind: "home",
  callBack: "503 555 0142",
  contactName: "Rosa",
  contactPhone: "503 555 0199",
  contactRelation: "",
  consent: true,
};

describe("what a guest states", () => {
  it("starts with everything missing", () => {
    expect(missingOf(EMPTY, ALL)).toEqual(ALL);
    expect(attestationOf(EMPTY, "1")).toEqual({
      place: null,
      emergency_contact: null,
      consent: null,
    });
  });

  it("is whole when everything asked for is given", () => {
    expect(missingOf(full, ALL)).toEqual([]);
    expect(attestationOf(full, "2")).toEqual({
      place: {
        state: "OR",
        kind: "home",
        address: "1840 Alder St, Portland",
        call_back: "503 555 0142",
      },
      emergency_contact: { name: "Rosa", phone: "503 555 0199", relation: "" },
      consent: { version: "2" },
    });
  });

  it("leaves out a part that lacks anything", () => {
    for (const part of ["state", "address", "callBack"] as const) {
      expect(missingOf({ ...full, [part]: " ".trim() }, ALL)).toEqual(["place"]);
    }
    expect(missingOf({ ...full, kind: null }, ALL)).toEqual(["place"]);
    expect(missingOf({ ...full, contactPhone: "  " }, ALL)).toEqual(["emergency_contact"]);
  });

  it("asks only for the parts that are still to give", () => {
    expect(missingOf(EMPTY, ["consent"])).toEqual(["consent"]);
  });
});
