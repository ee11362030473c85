import type { DeviceId, Present, Role, Room } from "../protocol";
import type { Member } from "./group";

/** Milliseconds in which the server's list may lag behind the tree. */
const LAG = 3_000;

/** The server's list of who is in the session, and who of the tree is missing from it. */
export class Roster {
  private readonly now: () => number;
  private readonly seen = new Set<DeviceId>();
  private readonly missingSince = new Map<DeviceId, number>();
  private listed: readonly Present[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  get present(): readonly Present[] {
    return this.listed;
  }

  take({ present }: Room): void {
    this.listed = present;
    for (const { device } of present) {
      this.seen.add(device);
      this.missingSince.delete(device);
    }
  }

  has(device: DeviceId): boolean {
    return this.listed.some((present) => present.device === device);
  }

  /**
   * Members that are not in the session any more. One that was never listed may only just have
   * been let in, and is given some time. `again`: milliseconds after which to ask again.
   */
  gone(members: readonly Member[]): { gone: Set<DeviceId>; again: number | null } {
    const gone = new Set<DeviceId>();
    let again: number | null = null;
    for (const { device } of members) {
      if (this.has(device)) continue;
      const since = this.missingSince.get(device) ?? this.now();
      this.missingSince.set(device, since);
      const left = this.seen.has(device) ? 0 : since + LAG - this.now();
      if (left <= 0) gone.add(device);
      else again = Math.min(again ?? left, left);
    }
    return { gone, again };
  }
}

/**
 * The room as it is shown: only those who are in the tree, by the names that they gave themselves
 * in it. Whom only the server claims is not there.
 */
export function shownRoom(room: Room, members: readonly Member[]): Room {
  const byDevice = new Map(members.map((member) => [member.device, member]));
  const present = room.present.flatMap((claimed) => {
    const member = byDevice.get(claimed.device);
    if (!member) return [];
    const { participant, name, staff } = member;
    return [{ ...claimed, participant, name, role: roleOf(claimed.role, staff !== null) }];
  });
  return { ...room, present };
}

/** Nobody is shown as the clinician on the server's word. */
function roleOf(claimed: Role, staff: boolean): Role {
  if (staff) return "clinician";
  return claimed === "clinician" ? "client" : claimed;
}
