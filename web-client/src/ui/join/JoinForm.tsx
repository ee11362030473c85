import { useRef, useState } from "preact/hooks";
import type { Attestation, AttestationPart, Look } from "../../protocol";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { TextField } from "../kit/Field";
import { AttestationFields } from "./AttestationFields";
import { ConsentDialog } from "./ConsentDialog";
import { attestationOf, type Draft, EMPTY, LENGTHS, missingOf } from "./draft";
import { keepName, rememberedName } from "./name";
import { words } from "./words";

export const ALL_PARTS: readonly AttestationPart[] = ["place", "emergency_contact", "consent"];

/** Name and attestations. Only the name is required: what else is missing, the clinician sees. */
export function JoinForm(props: {
  look: Look;
  /** Why the last try failed. */
  error: string | null;
  /** The link is being redeemed. */
  busy: boolean;
  onJoin: (name: string, attestation: Attestation) => void;
}) {
  const { look } = props;
  const [name, setName] = useState(rememberedName);
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [nameMissing, setNameMissing] = useState(false);
  const [warned, setWarned] = useState(false);
  const [reading, setReading] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);
  const missing = missingOf(draft, ALL_PARTS);

  function go(without: boolean) {
    if (props.busy) return;
    const chosen = name.trim();
    setNameMissing(chosen === "");
    if (chosen === "") {
      nameInput.current?.focus();
      return;
    }
    setWarned(missing.length > 0);
    if (missing.length > 0 && !without) return;
    keepName(chosen);
    props.onJoin(chosen, attestationOf(draft, look.consent_version));
  }

  return (
    <form
      class="form"
      aria-label={words.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        go(false);
      }}
    >
      <TextField
        label={words.name}
        hint={words.nameHint}
        error={nameMissing ? words.nameMissing : null}
        value={name}
        onValue={(value) => {
          setName(value);
          setNameMissing(false);
        }}
        inputRef={nameInput}
        autoComplete="nickname"
        maxLength={LENGTHS.name}
        required
      />
      <AttestationFields
        asked={ALL_PARTS}
        draft={draft}
        onChange={(part) => setDraft({ ...draft, ...part })}
        onRead={() => setReading(true)}
      />
      <div class="go">
        {props.error && (
          <Banner tone="bad" announce="assertive">
            {props.error}
          </Banner>
        )}
        {warned && missing.length > 0 && !props.busy && (
          <Banner
            tone="wait"
            announce="polite"
            action={
              <Button size="sm" onClick={() => go(true)}>
                {words.goWithout}
              </Button>
            }
          >
            {words.left(missing.map(partWords))} {words.without(look.clinician)}
          </Banner>
        )}
        <Button look="primary" size="big" block type="submit" busy={props.busy && words.going}>
          {words.go}
        </Button>
        <p class="under">{words.notRecorded}</p>
      </div>
      {reading && (
        <ConsentDialog paragraphs={look.consent_text} onClose={() => setReading(false)} />
      )}
    </form>
  );
}

/** "say where you are". */
export function partWords(part: AttestationPart): string {
  switch (part) {
    case "place":
      return words.partPlace;
    case "emergency_contact":
      return words.partContact;
    case "consent":
      return words.partConsent;
  }
}
