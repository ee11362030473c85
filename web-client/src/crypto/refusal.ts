/**
 * Why something that came from outside is refused. Nothing has changed then: the group stays in its epoch.
 *
 * - `stranger`: a leaf does not say properly who it is, or says something else than before.
 * - `not_a_committer`: a commit by a member whom the host has not named.
 * - `external`: a message from outside of the group, such as an external commit.
 * - `proposal`: a proposal on its own, by reference, or of a kind that this group does not use.
 * - `wrong_host`: the group belongs to another host than the one expected.
 * - `bad_policy`: the list of committers is missing, not signed by the host or changed by somebody else.
 * - `replayed`: a message opened before, or a commit of an epoch that has passed.
 * - `wrong_epoch`: of another group, of an epoch not reached yet (something is missing before it), or a message of one
 *   whose keys are gone.
 * - `unreadable`: not a message of this kind, tampered with, or for others.
 * - `removed`: the commit is in order and removes this device, or the message is of one who is no member any more.
 */
export type RefusalReason =
  | "stranger"
  | "not_a_committer"
  | "external"
  | "proposal"
  | "wrong_host"
  | "bad_policy"
  | "replayed"
  | "wrong_epoch"
  | "unreadable"
  | "removed";

export class CryptoRefusal extends Error {
  readonly code: RefusalReason;

  constructor(code: RefusalReason, options?: ErrorOptions) {
    super(code, options);
    this.name = "CryptoRefusal";
    this.code = code;
  }
}

/** What `read` returns; whatever it throws that is not a refusal, is `unreadable`. */
export async function orUnreadable<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CryptoRefusal) throw error;
    throw new CryptoRefusal("unreadable", { cause: error });
  }
}
