import type { Role, SessionSummary } from "../../protocol";
import { subjects } from "../../session/summary";
import { shownName } from "../names";
import { firstName, list } from "../words";
import { kindWords, roleWords } from "../words/clinic";
import { words } from "./words";

/** Whom a session is for: names, or what kind of class it is. */
export function sessionTitle(session: SessionSummary): string {
  if (session.kind === "group_class") return kindWords.group_class;
  return list(subjects(session.people).map((person) => shownName(person.name)));
}

/** The kind, and who else was booked. */
export function sessionSub(session: SessionSummary): string {
  if (session.kind === "group_class") return classSub(session);
  const shown = new Set(subjects(session.people).map((person) => person.participant));
  const roles = new Set<Role>();
  for (const person of session.people) if (!shown.has(person.participant)) roles.add(person.role);
  const kind = kindWords[session.kind];
  if (roles.size === 0) return kind;
  return words.with(kind, list([...roles].map((role) => roleWords[role].toLowerCase())));
}

/** Text for the avatar of a session: a name to abbreviate, or the number of people in a class. */
export function sessionMark(session: SessionSummary): string {
  if (session.kind === "group_class") return String(session.people.length);
  return subjects(session.people)[0]?.name ?? "";
}

/** A class has no name of its own: who is in it tells it from another. */
function classSub(session: SessionSummary): string {
  const names = session.people.map((person) => shownName(firstName(person.name)));
  const shown =
    names.length > MOST_NAMES
      ? [...names.slice(0, MOST_NAMES - 1), words.others(names.length - MOST_NAMES + 1)]
      : names;
  return words.peopleNamed(names.length, list(shown));
}

const MOST_NAMES = 4;
