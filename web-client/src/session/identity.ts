// The room key of the clinician who is signed in: their staff identity, by which guests know that the room
// is theirs. It is made in the browser and the server keeps it wrapped under a code that it never sees.

import { signal } from "@preact/signals";
import { forgetWith, me } from "../account";
import { ApiError, get, post } from "../api";
import { fromBase64url, toBase64url } from "../base64url";
import { makeIdentity, type StaffIdentity, unwrapIdentity } from "../crypto/identity";
import {
  dropIdentity,
  identitiesOf,
  type KeptIdentity,
  keepIdentity,
} from "../crypto/identity-store";
import type { IdentityFound, IdentityRecord, KeepIdentity, StaffId } from "../protocol";

export type RoomKey =
  /** The server was not asked yet, or did not answer. */
  | { is: "unknown" }
  /** Here. `code` opens it in another browser and is there until its owner has saved it. */
  | { is: "ready"; identity: StaffIdentity; code: string | null }
  /** There is one, and this browser does not have it. */
  | { is: "locked"; publicKey: string; wrapped: string };

const UNKNOWN: RoomKey = { is: "unknown" };

/** The room key of whoever is signed in. */
export const roomKey = signal<RoomKey>(UNKNOWN);

forgetWith(() => {
  roomKey.value = UNKNOWN;
});

/**
 * Asks the server which key is the present one and finds it in this browser; makes the first one when there
 * is none. Another browser may have made a new one, so it is asked before each use.
 *
 * @throws {ApiError} the server refused or did not answer; what was known stays.
 */
export function loadRoomKey(staff: StaffId): Promise<void> {
  return inTurn(async () => {
    const { identity } = await get<IdentityFound>("/identity");
    settle(staff, identity ? await find(staff, identity) : await begin(staff));
  });
}

/** The present key of whoever is signed in, `null` when it is locked. Throws an `ApiError`. */
export async function presentIdentity(): Promise<StaffIdentity | null> {
  const who = me.peek();
  if (!who) throw new ApiError("not_signed_in");
  await loadRoomKey(who.staff);
  const known = roomKey.peek();
  return known.is === "ready" ? known.identity : null;
}

/**
 * Brings a locked key into this browser.
 *
 * @returns false when `code` is not its code
 */
export function unlockRoomKey(staff: StaffId, code: string): Promise<boolean> {
  return inTurn(async () => {
    const locked = roomKey.peek();
    if (locked.is !== "locked") return locked.is === "ready";
    const wrapped = fromBase64url(locked.wrapped);
    const identity = wrapped && (await unwrapIdentity(wrapped, code));
    if (!wrapped || !identity || nameOf(identity) !== locked.publicKey) return false;
    const kept = { staff, identity, wrapped, code: null, madeAt: Date.now() };
    await keepIdentity(kept);
    settle(staff, ready(kept));
    return true;
  });
}

/**
 * Makes a new key that takes the place of the present one: links made before are not trusted any more.
 *
 * @throws {ApiError} the server refused or did not answer; what was known stays.
 */
export function replaceRoomKey(staff: StaffId): Promise<void> {
  return inTurn(async () => {
    const { identity } = await get<IdentityFound>("/identity");
    const made = await make(staff);
    await tell(made, identity?.public_key ?? null);
    settle(staff, ready(made));
    for (const old of await identitiesOf(staff)) {
      if (nameOf(old.identity) !== nameOf(made.identity)) await dropIdentity(old);
    }
  });
}

/** Its owner has the code in a safe place: it is forgotten here. */
export function roomKeySaved(staff: StaffId): Promise<void> {
  return inTurn(async () => {
    const known = roomKey.peek();
    if (known.is !== "ready" || known.code === null) return;
    for (const kept of await identitiesOf(staff)) {
      if (nameOf(kept.identity) === nameOf(known.identity)) {
        await keepIdentity({ ...kept, code: null });
      }
    }
    settle(staff, { ...known, code: null });
  });
}

/** The server has one: it is here, or locked. */
async function find(staff: StaffId, record: IdentityRecord): Promise<RoomKey> {
  const kept = await identitiesOf(staff);
  const here = kept.find(({ identity }) => nameOf(identity) === record.public_key);
  if (here) return ready(here);
  return { is: "locked", publicKey: record.public_key, wrapped: record.wrapped };
}

/** The server has none: it gets the one that it did not hear of, or the first. */
async function begin(staff: StaffId): Promise<RoomKey> {
  const [newest] = await identitiesOf(staff);
  const first = newest ?? (await make(staff));
  try {
    await tell(first, null);
    return ready(first);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "not_now") throw error;
  }
  // Another browser was first.
  const { identity } = await get<IdentityFound>("/identity");
  return identity ? find(staff, identity) : UNKNOWN;
}

/** A new one, kept here before the server hears of it: a lost answer loses no key. */
async function make(staff: StaffId): Promise<KeptIdentity> {
  const { identity, code, wrapped } = await makeIdentity();
  const kept = { staff, identity, wrapped, code, madeAt: Date.now() };
  await keepIdentity(kept);
  return kept;
}

/** Gives it to the server. One that was refused is dropped; after no answer, the server may have it. */
async function tell(kept: KeptIdentity, replaces: string | null): Promise<void> {
  const body: KeepIdentity = {
    public_key: nameOf(kept.identity),
    wrapped: toBase64url(kept.wrapped),
    replaces,
  };
  try {
    await post<IdentityRecord>("/identity", body);
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_now") await dropIdentity(kept);
    throw error;
  }
}

/** Somebody else may have signed in since `staff` was asked for. */
function settle(staff: StaffId, found: RoomKey): void {
  if (me.peek()?.staff === staff) roomKey.value = found;
}

function ready({ identity, code }: KeptIdentity): RoomKey {
  return { is: "ready", identity, code };
}

/** A key by its public half, as the server names it. */
function nameOf({ publicKey }: StaffIdentity): string {
  return toBase64url(publicKey);
}

const LOCK = "quietroom-room-key";
let before: Promise<unknown> = Promise.resolve();

/** One after the other, in all tabs of this browser: two tabs must not make two first keys. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = before.then(() =>
    navigator.locks ? navigator.locks.request(LOCK, work) : work(),
  ) as Promise<T>;
  before = turn.catch(() => {});
  return turn;
}
