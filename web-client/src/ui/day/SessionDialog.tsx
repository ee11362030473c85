import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { SessionSummary } from "../../protocol";
import { refreshDay, serverNow } from "../../session/day";
import { cancel, markNoShow } from "../../session/schedule";
import { isMovable, isOver } from "../../session/summary";
import { errorWords } from "../errors";
import { dayOf, timeOf } from "../format";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button, ButtonLink } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { useFocus } from "../kit/useFocus";
import { kindWords, templateWords } from "../words/clinic";
import { words } from "./dialog-words";
import { LinkList } from "./LinkList";
import { MoveForm } from "./MoveForm";
import { sessionTitle } from "./names";
import "./dialog.css";

interface DialogProps {
  session: SessionSummary;
  zone: string;
  onClose: () => void;
}

type Step = "details" | "move" | "cancel" | "noShow";

/** Everything about one session: its people and links, and moving, cancelling or marking it. */
export function SessionDialog({ session, zone, onClose }: DialogProps) {
  const [step, setStep] = useState<Step>("details");
  const back = () => setStep("details");

  async function finish(said: string) {
    announce(said);
    onClose();
    await refreshDay(zone);
  }

  return (
    <Dialog title={sessionTitle(session)} onClose={onClose} class="session-dialog">
      <p class="muted small">
        {words.when(
          dayOf(session.starts_at, zone),
          timeOf(session.starts_at, zone),
          timeOf(session.ends_at, zone),
        )}
        {". "}
        {kindWords[session.kind]}. {words.note(templateWords[session.template])}.
      </p>
      {step === "details" && <Details session={session} zone={zone} onStep={setStep} />}
      {step === "move" && (
        <MoveForm session={session} zone={zone} onBack={back} onMoved={() => finish(words.moved)} />
      )}
      {step === "cancel" && (
        <Confirm
          title={words.cancelTitle}
          lead={words.cancelLead}
          act={() => cancel(session.session)}
          action={words.cancelSession}
          busy={words.cancelling}
          onBack={back}
          onDone={() => finish(words.cancelled)}
        />
      )}
      {step === "noShow" && (
        <Confirm
          title={words.noShowTitle}
          lead={words.noShowLead}
          act={() => markNoShow(session.session)}
          action={words.noShow}
          busy={words.marking}
          onBack={back}
          onDone={() => finish(words.marked)}
        />
      )}
    </Dialog>
  );
}

function Details({
  session,
  zone,
  onStep,
}: {
  session: SessionSummary;
  zone: string;
  onStep: (step: Step) => void;
}) {
  const movable = isMovable(session);
  const begun = serverNow() >= session.starts_at;
  return (
    <>
      {!isOver(session) && <LinkList session={session} zone={zone} />}
      <div class="dialog-actions">
        {movable && (
          <>
            <Button onClick={() => onStep("cancel")}>{words.cancelSession}</Button>
            {begun && <Button onClick={() => onStep("noShow")}>{words.noShow}</Button>}
            <Button onClick={() => onStep("move")}>{words.move}</Button>
          </>
        )}
        {!isOver(session) && (
          <ButtonLink look="primary" href={`/session/${session.session}`}>
            {words.openRoom}
          </ButtonLink>
        )}
      </div>
    </>
  );
}

function Confirm(props: {
  title: string;
  lead: ComponentChildren;
  act: () => Promise<void>;
  action: string;
  busy: string;
  onBack: () => void;
  onDone: () => void;
}) {
  const safe = useFocus<HTMLButtonElement>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await props.act();
      props.onDone();
    } catch (refused) {
      setError(errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <section class="dialog-step" aria-label={props.title}>
      <h3>{props.title}</h3>
      <p>{props.lead}</p>
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button buttonRef={safe} onClick={props.onBack}>
          {words.keep}
        </Button>
        <Button look="danger" busy={busy && props.busy} onClick={confirm}>
          {props.action}
        </Button>
      </div>
    </section>
  );
}
