// The links made in this tab. Their secrets live here only: close the tab and they are gone.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { post } from "../api";
import type { CreateLink, Link, ParticipantId, SessionId } from "../protocol";
import { linkOf, newSecret, tokenHashOf } from "./link";

/** Addresses by seat. */
export const madeLinks = signal<ReadonlyMap<ParticipantId, string>>(new Map());

/** Makes a link for a seat and returns its address; an older link of the seat ends. Throws an `ApiError`. */
export async function makeLink(session: SessionId, participant: ParticipantId): Promise<string> {
  const secret = newSecret();
  const body: CreateLink = { participant, token_hash: await tokenHashOf(secret), sealed: "AA" };
  await post<Link>(`/sessions/${session}/links`, body);
  const address = linkOf(location.origin, secret);
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
