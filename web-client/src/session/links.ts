// The links made in this tab. Their secrets live here only: close the tab and they are gone.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { post } from "../api";
import { toBase64url } from "../base64url";
import { fingerprintOf, type StaffIdentity, sealSeat } from "../crypto/identity";
import { bindKeyOf, newSecret, shareKeyOf, tokenHashOf } from "../crypto/invitation";
import type { Booked, CreateLink, Link, ParticipantId, SessionId } from "../protocol";
import { linkOf } from "./link";

/** Addresses by seat. */
export const madeLinks = signal<ReadonlyMap<ParticipantId, string>>(new Map());

/**
 * Makes a link for a guest and returns its address; an older link of the guest ends. The address carries the
 * fingerprint of `identity`, so that the guest can tell whose room it is; what proves at the door that the
 * guest has the link is sealed under it for its owner's other browsers.
 *
 * @throws {ApiError} no link was made.
 */
export async function makeLink(
  identity: StaffIdentity,
  session: SessionId,
  guest: Pick<Booked, "participant" | "role" | "name">,
): Promise<string> {
  const { participant, role, name } = guest;
  const secret = newSecret();
  const [bindKey, shareKey] = await Promise.all([bindKeyOf(secret), shareKeyOf(secret)]);
  const seat = await sealSeat(identity, session, participant, { bindKey, shareKey, role, name });
  const body: CreateLink = {
    participant,
    token_hash: await tokenHashOf(secret),
    sealed: toBase64url(seat),
  };
  await post<Link>(`/sessions/${session}/links`, body);
  const pinned = await fingerprintOf(identity.publicKey);
  const address = linkOf(location.origin, secret, pinned);
  madeLinks.value = new Map(madeLinks.value).set(participant, address);
  return address;
}

forgetWith(() => {
  madeLinks.value = new Map();
});

/** An address short enough to show: enough to tell two apart, too little to use. */
export function shortLink(address: string): string {
  const { host, pathname, hash } = new URL(address);
  return `${host}${pathname}${hash.slice(0, 5)}…`;
}
