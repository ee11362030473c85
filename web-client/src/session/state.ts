import type { Knock, OverReason, Present, Room, ServerMessage, Waiting } from "../protocol";

/** What the server last said about this device's place in the session. */
export interface SessionView {
  waiting: Waiting | null;
  room: Room | null;
  /** Those who wait, for those who may admit; in the order in which they came. */
  knocks: Knock[];
}

export const NOTHING_YET: SessionView = { waiting: null, room: null, knocks: [] };

/** The view after `message`; the same object when it says nothing about the session. */
export function fold(view: SessionView, message: ServerMessage): SessionView {
  switch (message.type) {
    case "waiting":
      return { ...view, waiting: message.waiting, room: null };
    case "room":
      return { ...view, waiting: null, room: message.room };
    case "knocks":
      return { ...view, knocks: [...message.knocks].sort((a, b) => a.since - b.since) };
    default:
      return view;
  }
}

/** Everyone but this device, in the order in which they came. */
export function others(room: Room): Present[] {
  return room.present.filter(({ device }) => device !== room.you);
}

export function self(room: Room): Present | null {
  return room.present.find(({ device }) => device === room.you) ?? null;
}

/** The device that shares its screen, the first when there are several. */
export function sharing(room: Room): Present | null {
  return room.present.find(({ media }) => media.screen) ?? null;
}

/** Whether this device's role may let people in, take them out and end the session. */
export function leads(room: Room): boolean {
  const me = self(room);
  return me?.role === "clinician" || me?.role === "co_facilitator";
}

/** Whether this device's role has a screen to show: observers and interpreters have none. */
export function mayShareScreen(room: Room): boolean {
  const me = self(room);
  return me !== null && me.role !== "observer" && me.role !== "interpreter";
}

/** First word of the name of the clinician who leads, "" while none is there. */
export function hostName(room: Room): string {
  const host = room.present.find(({ role }) => role === "clinician");
  return host?.name.trim().split(/\s+/u)[0] ?? "";
}

/** What is worth saying aloud about the difference between two rooms. */
export interface Change {
  is: "joined" | "left" | "lost" | "back" | "shares" | "stopped_sharing";
  who: Present;
}

/** Who came, went, fell away or returned. Mutes are never announced. */
export function changes(before: Room, after: Room): Change[] {
  const old = new Map(others(before).map((who) => [who.device, who]));
  const found: Change[] = [];
  for (const who of others(after)) {
    const was = old.get(who.device);
    old.delete(who.device);
    if (!was) {
      found.push({ is: "joined", who });
      continue;
    }
    if (was.connection !== who.connection) {
      found.push({ is: who.connection === "lost" ? "lost" : "back", who });
    }
    if (was.media.screen !== who.media.screen) {
      found.push({ is: who.media.screen ? "shares" : "stopped_sharing", who });
    }
  }
  for (const who of old.values()) found.push({ is: "left", who });
  return found;
}

/** Why the session is over for this tab; `elsewhere`: another tab has taken its place. */
export type Over = OverReason | "elsewhere";
