import type { NoteSummary, SessionSummary } from "../../protocol";
import {
  isOver,
  type NextStep,
  nextStepOf,
  type Standing,
  standingOf,
} from "../../session/summary";
import { timeOf } from "../format";
import { Avatar } from "../kit/Avatar";
import { Button, ButtonLink, IconButton } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { check, ellipsis, filePenLine } from "../kit/icons";
import { sessionMark, sessionSub, sessionTitle } from "./titles";
import { words } from "./words";

interface RowProps {
  session: SessionSummary;
  toFinish: readonly NoteSummary[];
  now: number;
  zone: string;
  onSetUp: () => void;
}

/** One session of the day: when, whom, how it stands, and the one thing to do next. */
export function SessionRow({ session, toFinish, now, zone, onSetUp }: RowProps) {
  const standing = standingOf(session, toFinish, now);
  const step = nextStepOf(session, standing, now);
  const title = sessionTitle(session);
  const quiet = step.do === "nothing" || step.do === "view_note";
  return (
    <li class={quiet ? "ses done" : "ses"}>
      <div class="tm">
        <b>{timeOf(session.starts_at, zone, true)}</b>
        <span class="quiet small">{timeOf(session.ends_at, zone, true)}</span>
      </div>
      <div class="bd">
        <Avatar name={sessionMark(session)} seed={session.session} />
        <div class="grow">
          <p class="nm">{title}</p>
          <p class="small quiet">{sessionSub(session)}</p>
        </div>
        <StandingChip standing={standing} now={now} />
        <span class="row ses-actions">
          {!isOver(session) && step.do !== "set_up" && (
            <IconButton label={words.more(title)} icon={ellipsis} onClick={onSetUp} />
          )}
          <Step step={step} session={session} title={title} onSetUp={onSetUp} />
        </span>
      </div>
    </li>
  );
}

function Step(props: {
  step: NextStep;
  session: SessionSummary;
  title: string;
  onSetUp: () => void;
}) {
  const { step, session, title, onSetUp } = props;
  const of = <span class="sr">: {title}</span>;
  switch (step.do) {
    case "let_in":
    case "join":
    case "start": {
      const word = { let_in: words.letIn, join: words.join, start: words.start }[step.do];
      return (
        <ButtonLink size="sm" href={`/session/${session.session}`}>
          {word}
          {of}
        </ButtonLink>
      );
    }
    case "open_note":
    case "view_note":
      return (
        <ButtonLink
          size="sm"
          look={step.do === "view_note" ? "plain" : undefined}
          href={`/notes/${step.note}`}
        >
          {step.do === "view_note" ? words.view : words.openNote}
          {of}
        </ButtonLink>
      );
    case "open_notes":
      return (
        <ButtonLink size="sm" href="/notes">
          {words.openNotes}
          {of}
        </ButtonLink>
      );
    case "set_up":
      return (
        <Button size="sm" onClick={onSetUp}>
          {words.setUp}
          {of}
        </Button>
      );
    case "nothing":
      return <span class="no-step" />;
  }
}

function StandingChip({ standing, now }: { standing: Standing; now: number }) {
  switch (standing.is) {
    case "waiting": {
      const minutes = Math.max(1, Math.floor((now - standing.since) / 60_000));
      return (
        <Chip tone="wait" dot>
          {standing.people > 1
            ? words.chipManyWaiting(standing.people)
            : words.chipWaiting(minutes)}
        </Chip>
      );
    }
    case "live":
      return (
        <Chip tone="ok" dot>
          {words.chipLive(standing.present)}
        </Chip>
      );
    case "open":
      return (
        <Chip tone="ok" dot>
          {words.chipOpen}
        </Chip>
      );
    case "soon":
      return <Chip tone="line">{startsIn(standing.startsIn)}</Chip>;
    case "late":
      return <Chip tone="line">{words.chipLate}</Chip>;
    case "past":
      return <Chip tone="line">{words.chipPast}</Chip>;
    case "note_to_finish":
      return (
        <Chip tone="wait" icon={filePenLine}>
          {words.chipNote}
        </Chip>
      );
    case "written":
      return <Chip icon={check}>{words.chipWritten}</Chip>;
    case "ended":
      return <Chip>{words.chipEnded}</Chip>;
    case "cancelled":
      return <Chip>{words.chipCancelled}</Chip>;
    case "no_show":
      return <Chip>{words.chipNoShow}</Chip>;
  }
}

function startsIn(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes < 60 ? words.chipInMinutes(minutes) : words.chipInHours(Math.round(minutes / 60));
}
