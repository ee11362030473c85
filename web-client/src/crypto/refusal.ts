/**
 * Why something that came from outside is refused. Nothing has changed then: the group stays in its epoch.
 *
 * - `stranger`: a leaf does not say properly who it is, or says something else than before.
 * - `not_a_committer`: a commit by a member whom the host has not named.
 * - `external`: a message from outside of the group, such as an external commit.
 * - `proposal`: a proposal on its own, by reference, or of a kind that this group does not use.
 * - `wrong_host`: the group belongs to another host than the one expected.
 * - `bad_policy`: the list of committers is missing, not signed by the host or changed by somebody else.
 * - `replayed`: seen before, or of an epoch that has passed.
 * - `wrong_epoch`: of another group, or of an epoch not reached yet: something is missing before it.
 * - `unreadable`: not a message of this kind, tampered with, or for others.
 * - `removed`: the commit is in order and removes this device.
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

  constructor(code: RefusalReason) {
    super(code);
    this.name = "CryptoRefusal";
    this.code = code;
  }
}
