import type { Security } from "../crypto/room";
import type { DeviceId } from "../protocol";
import type { Readers } from "./chat";

/** Whom this device's texts can reach: those in the tree, by the names that they gave themselves. */
export function readersIn(security: Security, device: DeviceId | null): Readers {
  const members = security.is === "secure" ? security.members : [];
  const self = members.find((member) => member.device === device);
  const others = members.filter(({ participant }) => participant !== self?.participant);
  const leading = new Map(
    others.filter(({ mayCommit }) => mayCommit).map(({ participant, name }) => [participant, name]),
  );
  return {
    facilitators: self ? [...leading.values()] : [],
    others: others.some(({ participant }) => !leading.has(participant)),
  };
}
