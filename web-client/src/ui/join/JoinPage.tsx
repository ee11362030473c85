import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../api";
import type { LocalMedia } from "../../media/local";
import type { Attestation, Look } from "../../protocol";
import { dayOf, minutesOf, timeOf } from "../format";
import { GuestFrame } from "../GuestFrame";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { FaultPage, MessagePage } from "../MessagePage";
import { UnsupportedPage } from "../UnsupportedPage";
import { usePage } from "../usePage";
import { common } from "../words";
import { DeviceCheck } from "./DeviceCheck";
import { newLocalMedia } from "./devices";
import { type Door, doorOf, enterDoor, openDoor } from "./door";
import { GuestSession } from "./GuestSession";
import { JoinForm } from "./JoinForm";
import { words } from "./words";
import "./join.css";

/** `/join#<s>`: from the link to the waiting room and into the session. */
export default function JoinPage() {
  const [door, setDoor] = useState<Door>({ is: "opening" });
  const [local] = useState(newLocalMedia);
  const open = () => void openDoor().then(setDoor);
  useEffect(() => {
    open();
    addEventListener("hashchange", open);
    return () => {
      removeEventListener("hashchange", open);
      local.stop();
    };
  }, []);
  switch (door.is) {
    case "opening":
      return <Opening />;
    case "form":
      return <JoinScreen door={door} local={local} onDoor={setDoor} />;
    case "in":
      return (
        <GuestSession
          device={door.device}
          look={door.look}
          local={local}
          onUnknown={() => void openDoor().then(setDoor)}
        />
      );
    case "early":
      return <EarlyPage look={door.look} onTime={open} />;
    case "ended":
      return <MessagePage title={words.endedTitle} lead={words.endedLead} />;
    case "bad":
      return <MessagePage title={words.badTitle} lead={words.badLead} />;
    case "unsupported":
      return <UnsupportedPage />;
    case "slow":
      return <MessagePage title={words.slowTitle} lead={words.slowLead(minutesOf(door.seconds))} />;
    case "offline":
      return (
        <MessagePage title={words.offlineTitle} lead={words.offlineLead}>
          <Button look="primary" size="big" block onClick={open}>
            {common.tryAgain}
          </Button>
        </MessagePage>
      );
    case "fault":
      return <FaultPage />;
  }
}

function Opening() {
  usePage(words.page, false);
  return (
    <GuestFrame>
      <main class="message" id="main" tabIndex={-1}>
        <h1 tabIndex={-1}>{words.opening}</h1>
      </main>
    </GuestFrame>
  );
}

function EarlyPage({ look, onTime }: { look: Look; onTime: () => void }) {
  useEffect(() => {
    const wait = Math.min(Math.max(look.opens_at - Date.now(), 5_000), 60_000);
    const timer = setTimeout(onTime, wait);
    return () => clearTimeout(timer);
  }, [look]);
  const time = timeOf(look.opens_at, hereZone());
  return (
    <MessagePage title={words.earlyTitle} lead={words.earlyLead(look.clinician, time)}>
      <p class="muted">{whenWords(look, Date.now())}</p>
    </MessagePage>
  );
}

function JoinScreen(props: {
  door: Extract<Door, { is: "form" }>;
  local: LocalMedia;
  onDoor: (door: Door) => void;
}) {
  const { door, local } = props;
  const { look } = door;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const now = useNow();
  usePage(words.page);
  useEffect(() => {
    void local.setCamera(true);
    void local.setMicrophone(true);
  }, []);

  async function join(name: string, attestation: Attestation) {
    setBusy(true);
    setError(null);
    try {
      props.onDoor(await enterDoor(door, name, attestation));
    } catch (refused) {
      setBusy(false);
      const ended = doorOf(refused);
      if (ended.is === "ended") props.onDoor(ended);
      else setError(errorWords(refused));
    }
  }

  return (
    <GuestFrame class="join-page">
      <main class="join" id="main" tabIndex={-1}>
        <section aria-labelledby="join-title">
          <h1 id="join-title" tabIndex={-1}>
            {words.title(look.clinician)}
          </h1>
          <p class="when">{whenWords(look, now)}</p>
          {look.demo && <Banner tone="wait">{common.demo}</Banner>}
          <DeviceCheck local={local} />
        </section>
        <JoinForm look={look} busy={busy} error={error} onJoin={(...said) => void join(...said)} />
      </main>
    </GuestFrame>
  );
}

/** "Today at 2:00 PM. You are 6 minutes early. That is fine." In the guest's own time zone. */
function whenWords(look: Look, now: number): string {
  const zone = hereZone();
  const time = timeOf(look.starts_at, zone);
  const sameDay = dayOf(look.starts_at, zone) === dayOf(now, zone);
  const day = sameDay ? words.whenToday(time) : words.whenDay(dayOf(look.starts_at, zone), time);
  // Some languages end the time of day with a period of its own.
  const when = day.replace("..", ".");
  const early = (look.starts_at - now) / 1000;
  if (early > 60) return `${when} ${words.early(minutesOf(early))}`;
  return early > -300 ? `${when} ${words.onTime}` : `${when} ${words.started}`;
}

function hereZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** This machine's clock, read anew every half minute. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function errorWords(error: unknown): string {
  if (!(error instanceof ApiError)) return words.joinFailed;
  if (error.code === "offline") return words.joinOffline;
  if (error.code === "slow_down") return words.joinSlow(minutesOf(error.retryAfter ?? 60));
  return error.code === "invalid" ? words.joinInvalid : words.joinFailed;
}
