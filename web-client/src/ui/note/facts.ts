import type { Cause, NoteStub, StubFlag, Traced } from "../../protocol";
import { factsOf, secondsOf } from "../../record/intervals";
import { durationOf, preciseTimeOf, timeOf } from "../format";
import { firstName, list } from "../words";
import { identityWords, missingWords, placeWords, roleWords, stateName } from "../words/clinic";
import { words } from "./fact-words";

/** One line of the facts: what it is, its value, where it comes from, and the facts' numbers. */
export interface FactRow {
  key: string;
  label: string;
  value: string;
  source: string;
  facts: number[];
}

/** Everything the session itself knows, in words. Nothing is worked out here that the stub does not say. */
export function factRows(stub: NoteStub): FactRow[] {
  return [
    ...timeRows(stub),
    ...mediaRows(stub),
    ...statedRows(stub),
    ...peopleRows(stub),
    ...flagRows(stub),
  ];
}

function timeRows(stub: NoteStub): FactRow[] {
  const time = (ms: number) => timeOf(ms, stub.time_zone);
  const range = (span: { from: number; to: number }) => words.range(time(span.from), time(span.to));
  const precise = (span: { from: number; to: number }) =>
    words.range(preciseTimeOf(span.from, stub.time_zone), preciseTimeOf(span.to, stub.time_zone));
  const { actual } = stub;
  const rows: FactRow[] = [
    {
      key: "booked",
      label: words.booked,
      value: range(stub.scheduled),
      source: words.bookedSource,
      facts: [],
    },
    {
      key: "session",
      label: words.session,
      value: actual ? precise(actual.value) : words.notHeld,
      source: words.attendance,
      facts: factsOf([actual]),
    },
    {
      key: "together",
      label: words.together,
      value: durationOf(stub.together_seconds),
      source: words.attendance,
      facts: factsOf(stub.together),
    },
  ];
  if (stub.waited.length > 0) {
    const value = durationOf(secondsOf(stub.waited));
    rows.push({
      key: "waited",
      label: words.waited,
      value,
      source: words.attendance,
      facts: factsOf(stub.waited),
    });
  }
  return [...rows, droppedRow(stub)];
}

function droppedRow(stub: NoteStub): FactRow {
  const { interruptions } = stub;
  const starts = interruptions.map((interruption) => timeOf(interruption.from, stub.time_zone));
  const causes = [...new Set(interruptions.map((interruption) => interruption.cause))];
  return {
    key: "dropped",
    label: words.dropped,
    value:
      interruptions.length === 0
        ? words.droppedNever
        : words.droppedTimes(
            interruptions.length,
            secondsOf(interruptions) > 0 ? durationOf(secondsOf(interruptions)) : words.underSecond,
            list(starts),
          ),
    source:
      causes.length === 0 ? words.connection : list(causes.map((cause) => causeWords(cause, stub))),
    facts: factsOf(interruptions),
  };
}

function causeWords(cause: Cause, stub: NoteStub): string {
  switch (cause) {
    case "client_connection":
      return words.byClient(firstName(stub.name));
    case "clinician_connection":
      return words.byClinician(firstName(stub.clinician));
    case "server":
      return words.byServer;
  }
}

function mediaRows({ modality }: NoteStub): FactRow[] {
  const parts = [
    modality.video_seconds > 0 && `${words.video} ${durationOf(modality.video_seconds)}`,
    modality.audio_only_seconds > 0 && words.soundOnly(durationOf(modality.audio_only_seconds)),
    modality.neither_seconds > 0 && words.neither(durationOf(modality.neither_seconds)),
  ].filter((part) => part !== false);
  if (parts.length === 0) return [];
  const value = `${parts.join(". ")}`;
  return [{ key: "how", label: words.how, value, source: words.media, facts: factsOf([modality]) }];
}

function statedRows(stub: NoteStub): FactRow[] {
  const { attested } = stub;
  const name = firstName(stub.name);
  const at = attested.stated_at === null ? "" : timeOf(attested.stated_at, stub.time_zone);
  const place = [
    attested.state && stateName(attested.state.value),
    attested.place && placeWords[attested.place.value],
  ].filter(Boolean);
  const row = (
    key: string,
    label: string,
    traced: readonly (Traced<unknown> | null)[],
    value: string,
    source: string,
    without: string,
  ): FactRow => {
    const facts = factsOf(traced);
    const stated = traced.some(Boolean);
    return {
      key,
      label,
      value: stated ? value : without,
      source: stated ? source : words.log,
      facts,
    };
  };
  return [
    row(
      "where",
      words.where,
      [attested.state, attested.place],
      place.join(", "),
      words.saidSo(name, at),
      words.notStated,
    ),
    row(
      "consent",
      words.consent,
      [attested.consent],
      words.consentVersion(attested.consent?.value ?? ""),
      words.agreed(name, at),
      words.notGiven,
    ),
    row(
      "contact",
      words.contact,
      [attested.emergency_contact_given?.value ? attested.emergency_contact_given : null],
      words.given,
      words.saidSo(name, at),
      words.notGiven,
    ),
    row(
      "identity",
      words.identity,
      [attested.identity],
      attested.identity ? identityWords[attested.identity.value] : "",
      words.confirmed(firstName(stub.clinician)),
      words.notConfirmed,
    ),
  ];
}

function peopleRows(stub: NoteStub): FactRow[] {
  const others = stub.others.map((other, at) => ({
    key: `other-${at}`,
    label: roleWords[other.role],
    value: words.otherHere(other.name, durationOf(secondsOf(other.here))),
    source: words.attendance,
    facts: factsOf(other.here),
  }));
  if (stub.number_present < 2) return others;
  const value = words.people(stub.number_present);
  return [
    ...others,
    { key: "present", label: words.present, value, source: words.attendance, facts: [] },
  ];
}

function flagRows(stub: NoteStub): FactRow[] {
  return stub.flags.map((flag, at) => ({
    key: `flag-${at}`,
    label: words.flag,
    value: flagWords(flag.value),
    source: words.log,
    facts: factsOf([flag]),
  }));
}

function flagWords(flag: StubFlag): string {
  switch (flag.flag) {
    case "attestation_overridden":
      return words.overridden(list(flag.missing.map((part) => missingWords[part])));
    case "recorded_late":
      return words.recordedLate;
    case "server_restarted":
      return words.serverRestarted;
    case "caregivers_measured":
      return words.caregiversMeasured;
    case "came_late":
      return words.cameLate(durationOf(flag.seconds));
  }
}
