// A session being put together, before the server knows of it.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { get, post } from "../api";
import type {
  BookedPerson,
  CreatePerson,
  CreateSession,
  NoteTemplate,
  Person,
  PersonId,
  Role,
  SessionKind,
  SessionSummary,
} from "../protocol";
import { type CalendarDay, type ClockTime, instantOf, wallOf } from "./zone";

export interface Guest {
  person: PersonId;
  name: string;
  role: Role;
}

export interface Booking {
  kind: SessionKind;
  template: NoteTemplate;
  guests: readonly Guest[];
  day: CalendarDay;
  time: ClockTime;
  /** Minutes. */
  length: number;
}

export type Problem = "no_guests" | "too_many" | "no_client" | "no_time" | "in_past";

export const MOST_GUESTS = 30;

/** Note templates that fit a kind, the usual one first. */
export const TEMPLATES: Readonly<Record<SessionKind, readonly NoteTemplate[]>> = {
  individual: ["dap", "soap", "birp", "girp"],
  family: ["dap", "soap", "birp", "girp"],
  group_class: ["group", "dap", "birp"],
  caregiver_coaching: ["coaching", "dap", "birp"],
  supervision: ["supervision"],
};

/** Roles that a guest may have, the usual one for the kind first. */
export const ROLES: Readonly<Record<SessionKind, readonly Role[]>> = {
  individual: ["client", "caregiver", "observer", "interpreter", "co_facilitator"],
  family: ["client", "caregiver", "observer", "interpreter", "co_facilitator"],
  group_class: ["client", "co_facilitator", "observer", "interpreter", "caregiver"],
  caregiver_coaching: ["caregiver", "client", "observer", "interpreter", "co_facilitator"],
  supervision: ["co_facilitator", "observer"],
};

const LENGTH_OF: Readonly<Record<SessionKind, number>> = {
  individual: 53,
  family: 53,
  group_class: 90,
  caregiver_coaching: 60,
  supervision: 60,
};

/** An empty booking at the next half hour on the clinic's clock. */
export function emptyBooking(now: number, zone: string): Booking {
  const half = 30 * 60_000;
  const next = wallOf(Math.ceil((now + 60_000) / half) * half, zone);
  return { ...defaultsOf("individual"), guests: [], day: next.day, time: next.time };
}

/** Another kind: its usual template and length, and guests in roles that it has. */
export function withKind(booking: Booking, kind: SessionKind): Booking {
  const [usual, ...others] = ROLES[kind];
  const [usualBefore] = ROLES[booking.kind];
  const guests = booking.guests.map((guest) => {
    const fits = guest.role !== usualBefore && others.includes(guest.role);
    return fits ? guest : { ...guest, role: usual ?? guest.role };
  });
  return { ...booking, ...defaultsOf(kind), guests };
}

export function withGuest(booking: Booking, person: Person): Booking {
  if (booking.guests.some((guest) => guest.person === person.person)) return booking;
  const role = ROLES[booking.kind][0] ?? "client";
  return {
    ...booking,
    guests: [...booking.guests, { person: person.person, name: person.name, role }],
  };
}

export function withoutGuest(booking: Booking, person: PersonId): Booking {
  return { ...booking, guests: booking.guests.filter((guest) => guest.person !== person) };
}

export function withRole(booking: Booking, person: PersonId, role: Role): Booking {
  const guests = booking.guests.map((guest) =>
    guest.person === person ? { ...guest, role } : guest,
  );
  return { ...booking, guests };
}

/** Why the booking cannot be made yet; empty when it can. */
export function problemsOf(booking: Booking, now: number, zone: string): Problem[] {
  const problems: Problem[] = [];
  if (booking.guests.length === 0) problems.push("no_guests");
  if (booking.guests.length > MOST_GUESTS) problems.push("too_many");
  if (booking.guests.length > 0 && !hasSubject(booking)) problems.push("no_client");
  const times = timesOf(booking, zone);
  if (!times) problems.push("no_time");
  else if (times.ends_at <= now) problems.push("in_past");
  return problems;
}

/** Start and end in milliseconds; `null` while day or time is missing. */
export function timesOf(
  booking: Booking,
  zone: string,
): { starts_at: number; ends_at: number } | null {
  const starts_at = instantOf({ day: booking.day, time: booking.time }, zone);
  return starts_at === null ? null : { starts_at, ends_at: starts_at + booking.length * 60_000 };
}

/** Books it. Throws an `ApiError`. */
export function book(booking: Booking, zone: string): Promise<SessionSummary> {
  const times = timesOf(booking, zone);
  if (!times) throw new RangeError("a booking without a time");
  const people: BookedPerson[] = booking.guests.map(({ person, role }) => ({ person, role }));
  const body: CreateSession = { kind: booking.kind, template: booking.template, ...times, people };
  return post<SessionSummary>("/sessions", body);
}

/** Everyone the clinic knows, once read. */
export const people = signal<readonly Person[]>([]);

/** What is being put together; kept while the person looks elsewhere or has to sign in again. */
export const begun = signal<Booking | null>(null);

forgetWith(() => {
  people.value = [];
  begun.value = null;
});

export async function loadPeople(): Promise<void> {
  people.value = await get<Person[]>("/people");
}

export async function addPerson(name: string): Promise<Person> {
  const body: CreatePerson = { name };
  const person = await post<Person>("/people", body);
  people.value = [...people.value, person];
  return person;
}

/** People whose name has a word that begins like `typed` and who are not taken yet, at most eight. */
export function matchingPeople(
  known: readonly Person[],
  typed: string,
  taken: readonly Guest[],
): Person[] {
  const wanted = plain(typed);
  const free = known.filter((person) => !taken.some((guest) => guest.person === person.person));
  const fitting = free.filter((person) => {
    const name = plain(person.name);
    return name.startsWith(wanted) || name.split(" ").some((word) => word.startsWith(wanted));
  });
  return fitting.slice(0, 8);
}

/** Lower case, without accents and doubled spaces, so that "tomas" finds "Tomás". */
export function plain(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ").trim();
}

function hasSubject(booking: Booking): boolean {
  return (
    booking.kind === "supervision" ||
    booking.guests.some(({ role }) => role === "client" || role === "caregiver")
  );
}

function defaultsOf(kind: SessionKind): Pick<Booking, "kind" | "template" | "length"> {
  return { kind, template: TEMPLATES[kind][0] ?? "dap", length: LENGTH_OF[kind] };
}
