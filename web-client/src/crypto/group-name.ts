import type { Scope, SessionId } from "../protocol";
import { type Bytes, transcript, uint32, utf8 } from "./bytes";

/** Which group: 1, 2, 3 in a scope of a session. A host who has lost everything starts the next one. */
export interface GroupName {
  readonly session: SessionId;
  readonly scope: Scope;
  readonly group: number;
}

/** The group's id in MLS: bound to its session, scope and number, so that no group passes for another. */
export function groupIdOf(name: GroupName): Bytes {
  const { session, scope, group } = name;
  return transcript("quietroom group 1", utf8(session), utf8(scope), uint32(group));
}
