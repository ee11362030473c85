import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { type AttestationPart, type PlaceKind, US_STATES } from "../../protocol";
import { Check, Select, TextField } from "../kit/Field";
import { Icon } from "../kit/Icon";
import { briefcase, car, house, type IconData, mapPin } from "../kit/icons";
import { type Draft, LENGTHS } from "./draft";
import { words } from "./words";

const ICONS: Record<PlaceKind, IconData> = {
  home: house,
  work_or_school: briefcase,
  parked_car: car,
  other: mapPin,
};
const KINDS: readonly PlaceKind[] = ["home", "work_or_school", "parked_car", "other"];

/** The questions of the `asked` parts. */
export function AttestationFields(props: {
  asked: readonly AttestationPart[];
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  /** Opens the full text of the consent. */
  onRead: () => void;
}) {
  const { asked, draft, onChange } = props;
  return (
    <>
      {asked.includes("place") && <PlaceFields draft={draft} onChange={onChange} />}
      {asked.includes("emergency_contact") && <ContactFields draft={draft} onChange={onChange} />}
      {asked.includes("consent") && (
        <div class="consent">
          <Check checked={draft.consent} onChange={(consent) => onChange({ consent })}>
            {words.consent}
          </Check>
          <button type="button" class="link" onClick={props.onRead}>
            {words.readForm}
          </button>
        </div>
      )}
    </>
  );
}

interface Part {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

function PlaceFields({ draft, onChange }: Part) {
  return (
    <Group legend={words.where} hint={words.whereHint}>
      <div class="two">
        <Select
          label={words.state}
          value={draft.state}
          options={[{ value: "", label: words.chooseState }, ...states]}
          onValue={(state) => onChange({ state })}
        />
        <TextField
          label={words.address}
          value={draft.address}
          onValue={(address) => onChange({ address })}
          autoComplete="street-address"
          maxLength={LENGTHS.address}
        />
      </div>
      <PlaceChoice value={draft.kind} onValue={(kind) => onChange({ kind })} />
      <TextField
        label={words.callBack}
        hint={words.callBackHint}
        value={draft.callBack}
        onValue={(callBack) => onChange({ callBack })}
        type="tel"
        autoComplete="tel"
        maxLength={LENGTHS.phone}
      />
    </Group>
  );
}

function ContactFields({ draft, onChange }: Part) {
  return (
    <Group legend={words.contact} hint={words.contactHint}>
      <div class="two even">
        <TextField
          label={words.contactName}
          value={draft.contactName}
          onValue={(contactName) => onChange({ contactName })}
          autoComplete="off"
          maxLength={LENGTHS.contact}
        />
        <TextField
          label={words.contactPhone}
          value={draft.contactPhone}
          onValue={(contactPhone) => onChange({ contactPhone })}
          type="tel"
          autoComplete="off"
          maxLength={LENGTHS.phone}
        />
      </div>
      <TextField
        label={words.contactRelation}
        hint={words.contactRelationHint}
        value={draft.contactRelation}
        onValue={(contactRelation) => onChange({ contactRelation })}
        autoComplete="off"
        maxLength={LENGTHS.relation}
      />
    </Group>
  );
}

function PlaceChoice(props: { value: PlaceKind | null; onValue: (kind: PlaceKind) => void }) {
  const name = useId();
  return (
    <div class="seg places" role="radiogroup" aria-label={words.placeKind}>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name={name}
            checked={kind === props.value}
            onChange={() => props.onValue(kind)}
          />
          <span>
            <Icon of={ICONS[kind]} size="s" />
            {placeName(kind)}
          </span>
        </label>
      ))}
    </div>
  );
}

function Group(props: { legend: string; hint: string; children: ComponentChildren }) {
  const hint = useId();
  return (
    <fieldset class="group" aria-describedby={hint}>
      <legend>{props.legend}</legend>
      <p class="hint" id={hint}>
        {props.hint}
      </p>
      {props.children}
    </fieldset>
  );
}

export function placeName(kind: PlaceKind): string {
  switch (kind) {
    case "home":
      return words.home;
    case "work_or_school":
      return words.workOrSchool;
    case "parked_car":
      return words.parkedCar;
    case "other":
      return words.otherPlace;
  }
}

const states = US_STATES.map(([value, label]) => ({
  value: value as string,
  label: label as string,
}));
