import { useId } from "preact/hooks";
import type { SessionKind } from "../../protocol";
import { type Booking, type Problem, TEMPLATES, withKind } from "../../session/booking";
import { LENGTHS } from "../../session/schedule";
import { Choice, Select, TextField } from "../kit/Field";
import { Icon } from "../kit/Icon";
import {
  check,
  contactRound,
  ear,
  house,
  type IconData,
  userRound,
  usersRound,
} from "../kit/icons";
import { kindWords, templateWords } from "../words/clinic";
import { GuestPicker } from "./GuestPicker";
import { words } from "./words";

const KINDS: readonly { kind: SessionKind; icon: IconData }[] = [
  { kind: "individual", icon: userRound },
  { kind: "group_class", icon: usersRound },
  { kind: "caregiver_coaching", icon: ear },
  { kind: "family", icon: house },
  { kind: "supervision", icon: contactRound },
];

/** Kind, people, time and note template. */
export function BookingFields(props: {
  booking: Booking;
  zone: string;
  problems: readonly Problem[];
  onChange: (booking: Booking) => void;
}) {
  const { booking, zone, problems, onChange } = props;
  const about = (...kinds: Problem[]) => {
    const found = problems.find((problem) => kinds.includes(problem));
    return found ? words[found] : null;
  };
  const lengths = [...new Set([...LENGTHS, booking.length])].sort((a, b) => a - b);
  return (
    <>
      <KindChoice kind={booking.kind} onKind={(kind) => onChange(withKind(booking, kind))} />
      <GuestPicker
        booking={booking}
        onChange={onChange}
        error={about("no_guests", "too_many", "no_client")}
      />
      <div>
        <div class="create-times">
          <TextField
            label={words.day}
            type="date"
            value={booking.day}
            onValue={(day) => onChange({ ...booking, day })}
            error={about("no_time", "in_past")}
            required
          />
          <TextField
            label={words.start}
            type="time"
            value={booking.time}
            onValue={(time) => onChange({ ...booking, time })}
            required
          />
          <Select
            label={words.length}
            value={String(booking.length)}
            onValue={(minutes) => onChange({ ...booking, length: Number(minutes) })}
            options={lengths.map((minutes) => ({
              value: String(minutes),
              label: words.minutes(minutes),
            }))}
          />
        </div>
        <p class="hint create-zone">{words.zone(zone.replaceAll("_", " "))}</p>
      </div>
      <Choice
        legend={words.template}
        class="square"
        value={booking.template}
        options={TEMPLATES[booking.kind].map((value) => ({ value, label: templateWords[value] }))}
        onValue={(template) => onChange({ ...booking, template })}
      />
      <Rules />
    </>
  );
}

function KindChoice({ kind, onKind }: { kind: SessionKind; onKind: (kind: SessionKind) => void }) {
  const name = useId();
  return (
    <fieldset class="field">
      <legend>{words.kind}</legend>
      <div class="kinds">
        {KINDS.map((option) => (
          <label key={option.kind}>
            <input
              type="radio"
              name={name}
              checked={option.kind === kind}
              onChange={() => onKind(option.kind)}
            />
            <span>
              <Icon of={option.icon} />
              <b>{kindWords[option.kind]}</b>
              <small>{words[`${option.kind}Hint`]}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What every session has; said, because it cannot be switched off. */
function Rules() {
  const rules = [
    [words.waitingRoom, words.waitingRoomHint],
    [words.askWhere, words.askWhereHint],
  ];
  return (
    <ul class="rules" aria-label={words.rulesTitle}>
      {rules.map(([title, hint]) => (
        <li key={title}>
          <span>
            <b>{title}</b>
            <span class="sub">{hint}</span>
          </span>
          <span class="chip ok">
            <Icon of={check} size="s" />
            {words.on}
          </span>
        </li>
      ))}
    </ul>
  );
}
