// What one session on the day's list is, says and offers. No words: the views have them.

import type { Booked, NoteId, NoteSummary, Role, SessionSummary } from "../protocol";

/** What a session says about itself, the most pressing first. */
export type Standing =
  | { is: "waiting"; people: number; since: number }
  | { is: "live"; present: number }
  | { is: "open" }
  | { is: "soon"; startsIn: number }
  | { is: "late" }
  | { is: "past" }
  | { is: "note_to_finish" }
  | { is: "written" }
  | { is: "ended" }
  | { is: "cancelled" }
  | { is: "no_show" };

/** The one thing to do next. */
export type NextStep =
  | { do: "let_in" | "join" | "start" }
  | { do: "set_up" }
  | { do: "open_note" | "view_note"; note: NoteId }
  | { do: "open_notes" }
  | { do: "nothing" };

const EARLY_MS = 15 * 60_000;

export function standingOf(
  session: SessionSummary,
  toFinish: readonly NoteSummary[],
  now: number,
): Standing {
  const over = overStanding(session, toFinish);
  if (over) return over;
  if (session.waiting.length > 0) {
    const since = Math.min(...session.waiting.map((knock) => knock.since));
    return { is: "waiting", people: session.waiting.length, since };
  }
  if (session.state === "live") return { is: "live", present: session.present };
  if (session.state === "open") return { is: "open" };
  if (now >= session.ends_at) return { is: "past" };
  if (now >= session.starts_at) return { is: "late" };
  return { is: "soon", startsIn: session.starts_at - now };
}

export function nextStepOf(session: SessionSummary, standing: Standing, now: number): NextStep {
  const [note, ...more] = session.notes;
  if (isOver(session)) {
    if (!note) return { do: "nothing" };
    if (more.length > 0) return { do: "open_notes" };
    return { do: standing.is === "note_to_finish" ? "open_note" : "view_note", note };
  }
  if (standing.is === "waiting") return { do: "let_in" };
  if (standing.is === "live" || standing.is === "open") return { do: "join" };
  if (standing.is === "past" || now < session.starts_at - EARLY_MS) return { do: "set_up" };
  return { do: "start" };
}

/** Nothing more can happen in it. */
export function isOver(session: SessionSummary): boolean {
  return session.state === "ended" || session.state === "cancelled" || session.state === "no_show";
}

/** Can still be moved or called off: nobody has come in. */
export function isMovable(session: SessionSummary): boolean {
  return session.state === "scheduled";
}

/** The people a session is for: clients, else caregivers, else everyone booked. */
export function subjects(people: readonly Booked[]): readonly Booked[] {
  const having = (role: Role) => people.filter((person) => person.role === role);
  const clients = having("client");
  const caregivers = having("caregiver");
  if (clients.length > 0) return clients;
  return caregivers.length > 0 ? caregivers : people;
}

/** How many sessions have ended, of those that took or take place. */
export function dayCounts(sessions: readonly SessionSummary[]): { all: number; over: number } {
  const standing = sessions.filter((session) => session.state !== "cancelled");
  return { all: standing.length, over: standing.filter(isOver).length };
}

/** Where the line of the present stands: before the first session that starts in this minute or later. */
export function nowLine(sessions: readonly SessionSummary[], now: number): number {
  const minute = Math.floor(now / 60_000) * 60_000;
  const next = sessions.findIndex((session) => session.starts_at >= minute);
  return next < 0 ? sessions.length : next;
}

function overStanding(session: SessionSummary, toFinish: readonly NoteSummary[]): Standing | null {
  if (session.state === "cancelled") return { is: "cancelled" };
  if (!isOver(session)) return null;
  const unfinished = toFinish.some(
    (note) => note.session === session.session && note.empty_sections > 0,
  );
  if (unfinished) return { is: "note_to_finish" };
  if (session.state === "no_show") return { is: "no_show" };
  return session.notes.length > 0 ? { is: "written" } : { is: "ended" };
}
