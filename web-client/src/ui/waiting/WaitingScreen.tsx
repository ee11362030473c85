import { useEffect, useState } from "preact/hooks";
import type { AttestationPart, Look, Waiting } from "../../protocol";
import type { Session } from "../../session/session";
import { minutesOf, timeOf } from "../format";
import { GuestFrame } from "../GuestFrame";
import { DeviceCheck, OwnPreview } from "../join/DeviceCheck";
import { lookAgain } from "../join/door";
import { partWords } from "../join/JoinForm";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Icon } from "../kit/Icon";
import { checkCircle, clock, logOut, messageSquare, refreshCw } from "../kit/icons";
import { TimeDisc } from "../kit/TimeDisc";
import { usePage } from "../usePage";
import { useServerNow } from "../useServerNow";
import { MissingDialog } from "./MissingDialog";
import { PhraseDialog } from "./PhraseDialog";
import { words } from "./words";
import "../join/join.css";
import "./waiting.css";

type Open = "phrase" | "test" | "leave" | "missing" | null;

/** A guest waits to be let in: what happens next, fixed phrases, one's own picture. No one else is heard or seen. */
export function WaitingScreen(props: { session: Session; waiting: Waiting; look: Look | null }) {
  const { session, waiting } = props;
  const [open, setOpen] = useState<Open>(null);
  const [told, setTold] = useState<string | null>(null);
  const look = useLook(props.look);
  const now = useServerNow(session);
  const name = waiting.clinician;
  const state = stateWords(waiting, now);
  usePage(words.page);
  useEffect(() => announce(state), [state]);

  return (
    <GuestFrame class="wt">
      <main class="waitroom" id="main" tabIndex={-1}>
        <section aria-labelledby="wait-title">
          <p class={waiting.clinician_here ? "chip ok" : "chip"}>
            <Icon of={waiting.clinician_here ? checkCircle : clock} size="s" />
            {state}
          </p>
          <h1 id="wait-title" tabIndex={-1}>
            {words.title}
          </h1>
          <p class="lead">{words.lead(name)}</p>
          {session.connection.value.is === "lost" && (
            <Banner tone="wait" announce="polite">
              {words.lost}
            </Banner>
          )}
          <Clock waiting={waiting} now={now} />
          <MissingNotice
            missing={waiting.missing.filter((part) => part !== "consent" || look !== null)}
            onGive={() => setOpen("missing")}
          />
          <h2>{words.next}</h2>
          <ol class="steps">
            {[words.step1(name), words.step2(name), words.step3].map((step, index) => (
              <li key={step}>
                <span aria-hidden="true">{index + 1}</span>
                {step}
              </li>
            ))}
          </ol>
        </section>
        <aside aria-label={words.aside}>
          <OwnPreview local={session.local} />
          <p class="told" role="status">
            {told && words.told(name, told)}
          </p>
          <div class="acts">
            <Button icon={messageSquare} onClick={() => setOpen("phrase")}>
              {words.message(name)}
            </Button>
            <Button icon={refreshCw} onClick={() => setOpen("test")}>
              {words.test}
            </Button>
            <Button icon={logOut} onClick={() => setOpen("leave")}>
              {words.leave}
            </Button>
          </div>
        </aside>
      </main>
      {open === "phrase" && (
        <PhraseDialog
          session={session}
          clinician={name}
          onSaid={setTold}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "test" && (
        <Dialog title={words.testTitle} onClose={() => setOpen(null)}>
          <DeviceCheck local={session.local} />
        </Dialog>
      )}
      {open === "missing" && (
        <MissingDialog
          session={session}
          asked={waiting.missing}
          look={look}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "leave" && (
        <Dialog title={words.leaveTitle} onClose={() => setOpen(null)}>
          <p>{words.leaveLead}</p>
          <div class="dialog-actions">
            <Button onClick={() => setOpen(null)} data-focus>
              {words.stay}
            </Button>
            <Button look="danger" onClick={() => void session.leave()}>
              {words.leave}
            </Button>
          </div>
        </Dialog>
      )}
    </GuestFrame>
  );
}

function Clock({ waiting, now }: { waiting: Waiting; now: number }) {
  const left = (waiting.starts_at - now) / 1000;
  const time = timeOf(waiting.starts_at, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const name = waiting.clinician;
  if (left <= 0) {
    return (
      <div class="clock">
        <TimeDisc left={0} size={88} waiting />
        <div>
          <p class="big">{words.soon}</p>
          <p class="muted">{waiting.clinician_here ? words.soonSub(time) : words.lateSub(name)}</p>
        </div>
      </div>
    );
  }
  return (
    <div class="clock">
      <TimeDisc left={Math.min(1, left / 3600)} size={88} />
      <div>
        <p class="big">{minutesOf(left)}</p>
        <p class="muted">
          {words.until(time)} {words.tellYou(name)}
        </p>
      </div>
    </div>
  );
}

function MissingNotice(props: { missing: AttestationPart[]; onGive: () => void }) {
  if (props.missing.length === 0) return null;
  return (
    <div class="missing">
      <Banner
        tone="wait"
        action={
          <Button size="sm" onClick={props.onGive}>
            {words.give}
          </Button>
        }
      >
        {words.missing(props.missing.map(partWords))}
      </Banner>
    </div>
  );
}

function stateWords({ clinician, clinician_here, starts_at }: Waiting, now: number): string {
  if (clinician_here) return words.knows(clinician);
  return now > starts_at + 60_000 ? words.late(clinician) : words.notYet(clinician);
}

/** The consent text, looked up again after a reload; `null` while it cannot be shown. */
function useLook(known: Look | null): Look | null {
  const [look, setLook] = useState(known);
  useEffect(() => {
    if (known === null) void lookAgain().then(setLook);
  }, [known]);
  return look;
}
