import { signal } from "@preact/signals";
import { ApiError, get, post, whenSignedOut } from "./api";
import { callIsOn } from "./idle";
import type { LinkSignIn, Me, SignIn, StaffId } from "./protocol";

/** Who is signed in in this browser; `null` is nobody, `undefined` is not known yet. */
export const me = signal<Me | null | undefined>(undefined);

/** A staff session ended by itself while it was in use, so that the sign-in page can say so. */
export const lapsed = signal(false);

/** Learns who is signed in. */
export async function loadAccount(): Promise<void> {
  try {
    arrive(await get<Me>("/me"));
  } catch (error) {
    me.value = null;
    if (!(error instanceof ApiError) || error.code !== "not_signed_in") throw error;
  }
}

/** Throws an `ApiError`; `wrong_credentials` and `slow_down` are the person's to correct. */
export async function signIn(credentials: SignIn): Promise<void> {
  arrive(await post<Me>("/sign-in", credentials));
}

/** By the one-time link of a demonstration. */
export async function signInByLink(token: string): Promise<void> {
  const body: LinkSignIn = { token };
  arrive(await post<Me>("/sign-in/link", body));
}

export async function signOut(): Promise<void> {
  await post("/sign-out");
  lapsed.value = false;
  me.value = null;
  forget();
}

/**
 * Nobody has touched the page for too long: the sign-in page takes its place. The account is signed out too,
 * unless that would cut off a call that is on in another tab.
 */
export async function lapse(): Promise<void> {
  lapsed.value = true;
  me.value = null;
  if (await callIsOn()) return;
  // Without an answer the server's own idle time ends the sign-in: nothing polls any more.
  await post("/sign-out").catch(() => {});
}

/** Registers what has to be forgotten before somebody else uses this browser tab. */
export function forgetWith(act: () => void): void {
  forgetting.push(act);
}

const forgetting: (() => void)[] = [];
/** Whose data the tab may hold; kept through a lapse, so that the same person finds the page as it was. */
let lastStaff: StaffId | null = null;

function arrive(who: Me): void {
  if (lastStaff !== null && lastStaff !== who.staff) forget();
  lastStaff = who.staff;
  lapsed.value = false;
  me.value = who;
}

function forget(): void {
  lastStaff = null;
  for (const act of forgetting) act();
}

whenSignedOut(() => {
  if (me.value) lapsed.value = true;
  me.value = null;
});
