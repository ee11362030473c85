import { useEffect, useState } from "preact/hooks";
import { me } from "../../account";
import type { Me, SessionSummary } from "../../protocol";
import { go } from "../../route";
import { day, serverNow, stale, watchDay } from "../../session/day";
import { dayCounts, isOver, nowLine } from "../../session/summary";
import { dueToSpeak, everyoneWaiting, type Spoken } from "../../session/waiting";
import { dayOf, sentence, timeOf } from "../format";
import { RoomKeyBanner } from "../key/RoomKeyBanner";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button, ButtonLink } from "../kit/Button";
import { eyeOff, plus } from "../kit/icons";
import { PageHeader } from "../kit/PageHeader";
import { namesHidden, shownName } from "../names";
import { Shell } from "../shell/Shell";
import { usePage } from "../usePage";
import { keysOn, useSingleKeys } from "./keys";
import { NotesAside } from "./NotesAside";
import { SessionDialog } from "./SessionDialog";
import { SessionRow } from "./SessionRow";
import { WaitingBanner } from "./WaitingBanner";
import { words } from "./words";
import "./day.css";

/** The clinician's day: who waits, what comes, what is still to write. */
export default function DayPage() {
  const who = me.value;
  usePage(words.title);
  useEffect(() => {
    if (who?.role === "administrator") go("/staff", { replace: true });
  }, [who]);
  if (who?.role !== "clinician") return <Shell>{null}</Shell>;
  return (
    <Shell>
      <ClinicianDay who={who} />
    </Shell>
  );
}

function ClinicianDay({ who }: { who: Me }) {
  const [now, setNow] = useState(serverNow);
  const [opened, setOpened] = useState<string | null>(null);
  const sessions = day.value?.sessions ?? [];
  const waitingAt = doors(sessions);
  const zone = who.time_zone;

  useEffect(() => watchDay(zone), [zone]);
  useEffect(() => setNow(serverNow()), [day.value]);
  useSpokenWaits(sessions, now);
  useSingleKeys({
    c: () => go("/new"),
    l: waitingAt[0] && (() => go(`/session/${waitingAt[0]?.session}`)),
  });

  const counts = dayCounts(sessions);
  const dialog = sessions.find((session) => session.session === opened);
  return (
    <>
      <PageHeader
        title={words.title}
        lead={day.value && words.lead(sentence(dayOf(now, zone)), counts.all, counts.over)}
      >
        <Button
          icon={eyeOff}
          aria-pressed={namesHidden.value}
          onClick={() => {
            namesHidden.value = !namesHidden.value;
          }}
        >
          {words.hideNames}
        </Button>
        <ButtonLink
          icon={plus}
          href="/new"
          look={waitingAt.length > 0 ? undefined : "primary"}
          aria-keyshortcuts={keysOn.value ? "C" : undefined}
        >
          {words.create}
          {keysOn.value && (
            <span class="key" aria-hidden="true">
              C
            </span>
          )}
        </ButtonLink>
      </PageHeader>
      {stale.value && (
        <Banner tone="wait" announce="polite">
          {words.stale}
        </Banner>
      )}
      {waitingAt.map((session, at) => (
        <WaitingBanner key={session.session} session={session} now={now} first={at === 0} />
      ))}
      <RoomKeyBanner />
      <div class="day-columns">
        <section aria-labelledby="sessions">
          <h2 id="sessions" class="sr">
            {words.sessions}
          </h2>
          {day.value && sessions.length === 0 && (
            <div class="empty">
              <p class="b">{words.none}</p>
              <p>{words.noneHint}</p>
            </div>
          )}
          <ol>
            <Rows sessions={sessions} now={now} zone={zone} onSetUp={setOpened} />
          </ol>
        </section>
        <NotesAside notes={day.value?.notes ?? []} now={now} zone={zone} />
      </div>
      {dialog && <SessionDialog session={dialog} zone={zone} onClose={() => setOpened(null)} />}
    </>
  );
}

/** The sessions, with the line of the present between those that have begun and those to come. */
function Rows(props: {
  sessions: SessionSummary[];
  now: number;
  zone: string;
  onSetUp: (id: string) => void;
}) {
  const { sessions, now, zone, onSetUp } = props;
  const line = nowLine(sessions, now);
  const rows = sessions.map((session) => (
    <SessionRow
      key={session.session}
      session={session}
      toFinish={day.value?.notes ?? []}
      now={now}
      zone={zone}
      onSetUp={() => onSetUp(session.session)}
    />
  ));
  if (sessions.length === 0) return null;
  const present = (
    <li class="now-line" key="now">
      <span aria-hidden="true">{timeOf(now, zone)}</span>
      <span class="sr">{words.now(timeOf(now, zone))}</span>
    </li>
  );
  return (
    <>
      {rows.slice(0, line)}
      {present}
      {rows.slice(line)}
    </>
  );
}

/** Sessions with somebody at the door, the longest wait first. */
function doors(sessions: readonly SessionSummary[]): SessionSummary[] {
  const since = (session: SessionSummary) =>
    Math.min(...session.waiting.map((knock) => knock.since));
  return sessions
    .filter((session) => session.waiting.length > 0 && !isOver(session))
    .sort((a, b) => since(a) - since(b));
}

let spoken: Spoken = new Map();

function useSpokenWaits(sessions: readonly SessionSummary[], now: number): void {
  useEffect(() => {
    const next = dueToSpeak(everyoneWaiting(sessions), spoken, now);
    spoken = next.spoken;
    if (next.due.length > 0) {
      announce(next.due.map((knock) => words.spoken(shownName(knock.booked_name))).join(". "));
    }
  }, [sessions]);
}
