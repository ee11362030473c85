// Accounts of the clinic's staff, for administrators.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { get, post } from "../api";
import type { CreateStaff, SetUpLink, StaffId, StaffMember } from "../protocol";

/** `null` until they are read. */
export const staff = signal<readonly StaffMember[] | null>(null);

/** Throws an `ApiError`, as all of these. */
export async function loadStaff(): Promise<void> {
  staff.value = await get<StaffMember[]>("/staff");
}

/** Answers with the one-time link by which the person sets up the account. */
export async function createStaff(member: CreateStaff): Promise<SetUpLink> {
  const link = await post<SetUpLink>("/staff", member);
  await loadStaff();
  return link;
}

/** Signs the person out everywhere and lets them in no more. */
export async function disableStaff(member: StaffId): Promise<void> {
  await post(`/staff/${member}/disable`);
  await loadStaff();
}

export async function enableStaff(member: StaffId): Promise<void> {
  await post(`/staff/${member}/enable`);
  await loadStaff();
}

/** A new set-up link; the old password and authenticator stop working once it is used. */
export async function reissueStaff(member: StaffId): Promise<SetUpLink> {
  const link = await post<SetUpLink>(`/staff/${member}/reissue`);
  await loadStaff();
  return link;
}

/** 3 to 64 of a-z, 0-9, `.`, `-`, `_`. */
export function isUsername(text: string): boolean {
  return /^[a-z0-9._-]{3,64}$/u.test(text);
}

forgetWith(() => {
  staff.value = null;
});
