import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Person } from "../../protocol";
import {
  addPerson,
  type Booking,
  type Guest,
  loadPeople,
  matchingPeople,
  people,
  plain,
  ROLES,
  withGuest,
  withoutGuest,
  withRole,
} from "../../session/booking";
import { errorWords } from "../errors";
import { Avatar } from "../kit/Avatar";
import { announce } from "../kit/announce";
import { Icon } from "../kit/Icon";
import { circleAlert, eye, x } from "../kit/icons";
import { common, list } from "../words";
import { roleWords } from "../words/clinic";
import { words } from "./words";

interface PickerProps {
  booking: Booking;
  onChange: (booking: Booking) => void;
  error: string | null;
}

/** Guests as chips, and a box that finds or adds a person as one types (ARIA combobox with a list). */
export function GuestPicker({ booking, onChange, error }: PickerProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // Adding a person takes a moment, in which the rest of the form may change.
  const latest = useRef(booking);
  latest.current = booking;
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);

  useEffect(() => {
    loadPeople().catch((refused) => setFailed(errorWords(refused)));
  }, []);

  const options = optionsFor(typed, booking.guests);
  const shown = open && options.length > 0;
  const at = Math.min(active, options.length - 1);
  const observers = booking.guests
    .filter((guest) => guest.role === "observer")
    .map((guest) => guest.name);
  const wrong = error ?? failed;

  async function take(option: Option | undefined) {
    if (!option) return;
    setTyped("");
    setOpen(false);
    setActive(0);
    setFailed(null);
    try {
      const person = option.person ?? (await addPerson(option.name));
      onChange(withGuest(latest.current, person));
      announce(person.name);
    } catch (refused) {
      setTyped(option.name);
      setFailed(errorWords(refused));
    }
    input.current?.focus();
  }

  function press(event: KeyboardEvent) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown) setActive((at + step + options.length) % options.length);
      setOpen(true);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown) void take(options[at]);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      setOpen(false);
    } else if (event.key === "Backspace" && typed === "") {
      const last = booking.guests.at(-1);
      if (last) onChange(withoutGuest(booking, last.person));
    }
  }

  return (
    <div class="field">
      <label for={id}>{words.people}</label>
      <div class={wrong ? "people invalid" : "people"}>
        {booking.guests.map((guest) => (
          <GuestChip
            key={guest.person}
            guest={guest}
            booking={booking}
            onChange={(next) => {
              onChange(next);
              if (next.guests.length < booking.guests.length) input.current?.focus();
            }}
          />
        ))}
        <input
          ref={input}
          id={id}
          role="combobox"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${id}-${at}` : undefined}
          aria-describedby={`${id}-hint${wrong ? ` ${id}-error` : ""}`}
          aria-invalid={wrong ? true : undefined}
          autoComplete="off"
          maxLength={100}
          placeholder={words.add}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setActive(0);
            setOpen(true);
          }}
          onClick={() => setOpen(true)}
          onKeyDown={press}
          onBlur={() => setOpen(false)}
        />
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={words.suggestions}
          class="suggestions"
          hidden={!shown}
        >
          {options.map((option, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the box (aria-activedescendant)
            // biome-ignore lint/a11y/useKeyWithClickEvents: the box takes the keys
            <div
              key={option.person?.person ?? "new"}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => void take(option)}
            >
              {option.person ? option.name : words.addNew(option.name)}
            </div>
          ))}
        </div>
      </div>
      {wrong && (
        <p class="field-error" id={`${id}-error`}>
          <Icon of={circleAlert} />
          <span>{wrong}</span>
        </p>
      )}
      <span class={observers.length > 0 ? "hint" : "hint sr-hint"} id={`${id}-hint`}>
        {observers.length > 0 && <Icon of={eye} size="s" />}
        {observers.length > 0 ? words.observerHint(list(observers)) : words.addHint}
      </span>
    </div>
  );
}

function GuestChip({
  guest,
  booking,
  onChange,
}: {
  guest: Guest;
  booking: Booking;
  onChange: (next: Booking) => void;
}) {
  return (
    <span class="chip guest-chip">
      <Avatar name={guest.name} seed={guest.person} />
      {guest.name}
      <select
        aria-label={words.roleOf(guest.name)}
        value={guest.role}
        onChange={(event) =>
          onChange(withRole(booking, guest.person, event.currentTarget.value as Guest["role"]))
        }
      >
        {ROLES[booking.kind].map((role) => (
          <option key={role} value={role}>
            {roleWords[role]}
          </option>
        ))}
      </select>
      <button
        type="button"
        aria-label={common.remove(guest.name)}
        onClick={() => onChange(withoutGuest(booking, guest.person))}
      >
        <Icon of={x} size="s" />
      </button>
    </span>
  );
}

/** Somebody known, or a name to add. */
interface Option {
  name: string;
  person: Person | null;
}

function optionsFor(typed: string, taken: readonly Guest[]): Option[] {
  const name = typed.trim().replace(/\s+/gu, " ");
  const known: Option[] = matchingPeople(people.value, typed, taken).map((person) => ({
    name: person.name,
    person,
  }));
  const isKnown = people.value.some((person) => plain(person.name) === plain(name));
  return name === "" || isKnown ? known : [...known, { name, person: null }];
}
