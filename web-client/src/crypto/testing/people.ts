// People and devices for the tests of this folder: real keys, no server.

import type { Bytes } from "../bytes";
import { Group, type GroupName } from "../group";
import { makeIdentity, type StaffIdentity } from "../identity";
import { makePackage, type OpenedPackage, type OwnPackage, readPackage } from "../package";
import { CryptoRefusal, type RefusalReason } from "../refusal";

export const SESSION = "01J00000000000000000SESSION";
export const NAME: GroupName = { session: SESSION, scope: "session", group: 1 };

export async function identity(): Promise<StaffIdentity> {
  return (await makeIdentity()).identity;
}

export function packageOf(device: string, staff: StaffIdentity | null = null): Promise<OwnPackage> {
  const participant = `participant-of-${device}`;
  return makePackage({ session: SESSION, device, participant, name: device, identity: staff });
}

export function opened(own: OwnPackage): Promise<OpenedPackage> {
  return readPackage(own.publicBytes, SESSION);
}

export interface Clinic {
  readonly identity: StaffIdentity;
  host: Group;
}

export async function clinic(device = "host"): Promise<Clinic> {
  const host = await identity();
  const group = await Group.start(await packageOf(device, host), host, NAME);
  return { identity: host, host: group };
}

/** Adds devices by one commit of `by`, and lets `others` take it. */
export async function admit(
  by: Group,
  devices: readonly string[],
  others: readonly Group[] = [],
  staff: StaffIdentity | null = null,
): Promise<{ by: Group; joined: Group[]; others: Group[]; commit: Bytes; welcome: Bytes }> {
  const owns = await Promise.all(devices.map((device) => packageOf(device, staff)));
  const add = await Promise.all(owns.map(opened));
  const { next, commit, welcome } = await by.commit({ add, remove: [] }, null);
  if (welcome === null) throw new Error("no welcome");
  const expect = { identity: by.host };
  return {
    by: next,
    joined: await Promise.all(owns.map((own) => Group.join(welcome, own, NAME, expect))),
    others: await Promise.all(others.map((other) => other.receiveCommit(commit))),
    commit,
    welcome,
  };
}

/** The code a promise is refused with; throws when it is not refused. */
export async function refusal(promise: Promise<unknown>): Promise<RefusalReason> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CryptoRefusal) return error.code;
    throw error;
  }
  throw new Error("was not refused");
}

/** A value that is there: for lists and results whose length a test knows. */
export function there<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error("is not there");
  return value;
}
