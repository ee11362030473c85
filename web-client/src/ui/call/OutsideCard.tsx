import { useState } from "preact/hooks";
import type { Present } from "../../protocol";
import type { Session } from "../../session/session";
import { Avatar } from "../kit/Avatar";
import { Button } from "../kit/Button";
import { doorOpen } from "../kit/icons";
import { firstName } from "../words";
import { ProofNote } from "./ProofNote";
import { proofProblem } from "./proof";
import { safetyWords } from "./safety-words";
import { staffWords as words } from "./staff-words";

/** Someone whom the server let in and nobody at this browser did: they hold no keys until a person decides. */
export function OutsideCard(props: { session: Session; who: Present; onRemove: () => void }) {
  const { session, who } = props;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const proof = session.secure.proofOf(who.device);
  const ready = session.secure.security.value.is === "secure";

  async function letIn() {
    setBusy(true);
    setFailed(false);
    try {
      await session.admit(who.device, "known_to_me", false);
    } catch {
      setFailed(true);
    }
    setBusy(false);
  }

  return (
    <li class="knock">
      <div class="row">
        <Avatar name={who.name} seed={who.participant} />
        <div class="grow">
          <h3>{who.name}</h3>
          <p class="small">{safetyWords.outside}</p>
        </div>
      </div>
      <ProofNote proof={proof} name={firstName(who.name)} />
      {failed && (
        <p class="field-error" role="alert">
          {words.failed}
        </p>
      )}
      <div class="row knock-actions">
        <Button onClick={props.onRemove}>{words.takeOut}</Button>
        <Button
          look="primary"
          icon={doorOpen}
          busy={busy && words.lettingIn}
          notYet={proofProblem(proof, ready) ?? false}
          onClick={() => void letIn()}
        >
          {words.letIn}
        </Button>
      </div>
    </li>
  );
}
