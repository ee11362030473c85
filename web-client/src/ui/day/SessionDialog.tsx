import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { SessionSummary } from "../../protocol";
import { refreshDay, serverNow } from "../../session/day";
import { cancel, markNoShow } from "../../session/schedule";
import { isMovable, isOver } from "../../session/summary";
import { dayOf, sentence, timeOf } from "../format";
import { announce } from "../kit/announce";
import { Button, ButtonLink } from "../kit/Button";
import { ConfirmStep } from "../kit/ConfirmStep";
import { Dialog } from "../kit/Dialog";
import { kindWords, templateWords } from "../words/clinic";
import { words } from "./dialog-words";
import { LinkList } from "./LinkList";
import { MoveForm } from "./MoveForm";
import { sessionTitle } from "./titles";
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
          sentence(dayOf(session.starts_at, zone)),
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
        <Question title={words.cancelTitle}>
          <ConfirmStep
            danger
            lead={words.cancelLead}
            action={words.cancelSession}
            busy={words.cancelling}
            keep={words.keep}
            onKeep={back}
            act={async () => {
              await cancel(session.session);
              await finish(words.cancelled);
            }}
          />
        </Question>
      )}
      {step === "noShow" && (
        <Question title={words.noShowTitle}>
          <ConfirmStep
            danger
            lead={words.noShowLead}
            action={words.noShow}
            busy={words.marking}
            keep={words.keep}
            onKeep={back}
            act={async () => {
              await markNoShow(session.session);
              await finish(words.marked);
            }}
          />
        </Question>
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

function Question(props: { title: string; children: ComponentChildren }) {
  return (
    <section class="dialog-step" aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}
