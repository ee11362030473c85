import { useState } from "preact/hooks";
import { RefusedError } from "../../connection/errors";
import {
  type AttestationPart,
  type IdentityMethod,
  type Knock,
  type PlaceKind,
  US_STATES,
} from "../../protocol";
import type { Session } from "../../session/session";
import { minutesOf } from "../format";
import { Avatar } from "../kit/Avatar";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Choice } from "../kit/Field";
import { doorOpen } from "../kit/icons";
import { phraseWords } from "../waiting/phrases";
import { firstName } from "../words";
import { ProofNote } from "./ProofNote";
import { proofProblem } from "./proof";
import { staffWords as words } from "./staff-words";

/** One person at the door: what is known, how they were recognized, and the decision. */
export function KnockCard(props: { session: Session; knock: Knock; now: number }) {
  const { session, knock } = props;
  const [identity, setIdentity] = useState<IdentityMethod | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [declining, setDeclining] = useState(false);
  const first = firstName(knock.booked_name);
  const incomplete = knock.missing.length > 0;
  const proof = session.secure.proofOf(knock.device);
  const ready = session.secure.security.value.is === "secure";

  async function act(action: () => Promise<unknown>) {
    setBusy(true);
    setError(null);
    try {
      await action();
    } catch (refused) {
      const gone = refused instanceof RefusedError && refused.code === "not_found";
      setError(gone ? words.gone : words.failed);
      setBusy(false);
    }
  }

  return (
    <li class="knock">
      <div class="row">
        <Avatar name={knock.name} seed={knock.participant} />
        <div class="grow">
          <h3>{knock.name}</h3>
          <p class="small">
            {sameName(knock) ? words.sameName : words.bookedAs(knock.booked_name)}
          </p>
        </div>
      </div>
      <ProofNote proof={proof} name={first} />
      <ul class="known small">
        <li>{words.waits(minutesOf((props.now - knock.since) / 1000))}</li>
        {knock.state && knock.place && (
          <li>{words.inPlace(stateName(knock.state), placeWords(knock.place))}</li>
        )}
        {incomplete && <li class="b">{words.missing(knock.missing.map(partName))}</li>}
        {knock.said && <li class="b">{words.says(phraseWords(knock.said))}</li>}
        {knock.second_device && <li class="b">{words.second}</li>}
        {knock.connection === "lost" && <li class="b">{words.lost}</li>}
      </ul>
      <Choice<IdentityMethod>
        legend={words.identity(first)}
        value={identity}
        options={[
          { value: "known_to_me", label: words.known },
          { value: "photo_id", label: words.photoId },
          { value: "date_of_birth_and_address", label: words.birthAddress },
        ]}
        onValue={setIdentity}
      />
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      <div class="row knock-actions">
        <Button onClick={() => setDeclining(true)}>{words.decline}</Button>
        <Button
          look="primary"
          icon={doorOpen}
          busy={busy && words.lettingIn}
          notYet={proofProblem(proof, ready) ?? (identity === null && words.identityMissing)}
          onClick={() => {
            if (identity) void act(() => session.admit(knock.device, identity, incomplete));
          }}
        >
          {incomplete ? words.letInAnyway : words.letIn}
        </Button>
      </div>
      {declining && (
        <Dialog title={words.declineTitle(first)} onClose={() => setDeclining(false)}>
          <p>{words.declineLead}</p>
          <div class="dialog-actions">
            <Button onClick={() => setDeclining(false)} data-focus>
              {words.keep}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                setDeclining(false);
                void act(() => session.decline(knock.device));
              }}
            >
              {words.decline}
            </Button>
          </div>
        </Dialog>
      )}
    </li>
  );
}

function sameName({ name, booked_name }: Knock): boolean {
  return name.trim().toLowerCase() === booked_name.trim().toLowerCase();
}

function stateName(code: string): string {
  return US_STATES.find(([known]) => known === code)?.[1] ?? code;
}

function placeWords(place: PlaceKind): string {
  switch (place) {
    case "home":
      return words.placeHome;
    case "work_or_school":
      return words.placeWork;
    case "parked_car":
      return words.placeCar;
    case "other":
      return words.placeOther;
  }
}

function partName(part: AttestationPart): string {
  switch (part) {
    case "place":
      return words.partPlace;
    case "emergency_contact":
      return words.partContact;
    case "consent":
      return words.partConsent;
  }
}
