import type { Attestation, AttestationPart, PlaceKind } from "../../protocol";

/** What a guest has filled in so far. It starts empty every session. */
export interface Draft {
  state: string;
  address: string;
  kind: PlaceKind | null;
  callBack: string;
  contactName: string;
  contactPhone: string;
  contactRelation: string;
  consent: boolean;
}

export const EMPTY: Draft = {
  state: "",
  address: "",
  kind: null,
  callBack: "",
  contactName: "",
  contactPhone: "",
  contactRelation: "",
  consent: false,
};

/** Longest entries, characters; the server refuses longer ones. */
export const LENGTHS = { name: 60, address: 200, phone: 40, contact: 100, relation: 60 } as const;

/** The parts that are complete; a part that lacks anything is left out whole. */
export function attestationOf(draft: Draft, consentVersion: string): Attestation {
  const { state, kind } = draft;
  const address = draft.address.trim();
  const callBack = draft.callBack.trim();
  const name = draft.contactName.trim();
  const phone = draft.contactPhone.trim();
  const place =
    state && address && kind && callBack ? { state, kind, address, call_back: callBack } : null;
  const contact = name && phone ? { name, phone, relation: draft.contactRelation.trim() } : null;
  return {
    place,
    emergency_contact: contact,
    consent: draft.consent ? { version: consentVersion } : null,
  };
}

/** The parts of `asked` that the draft does not complete. */
export function missingOf(draft: Draft, asked: readonly AttestationPart[]): AttestationPart[] {
  const given = attestationOf(draft, "any");
  return asked.filter((part) => given[part] === null);
}
