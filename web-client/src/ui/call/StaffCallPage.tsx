import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../../api";
import { openSocket } from "../../connection/socket";
import {
  claimDevice,
  forgetTabDevice,
  keepTabDevice,
  keepTabMedia,
  tabDevice,
  tabMedia,
} from "../../connection/tab";
import type { StaffIdentity } from "../../crypto/identity";
import { holdCall } from "../../idle";
import { canCall } from "../../media/devices";
import type { LocalMedia } from "../../media/local";
import type { DeviceId, Knock, Refused, SessionId, SessionSummary } from "../../protocol";
import { go, route } from "../../route";
import { presentIdentity } from "../../session/identity";
import { seatsOf } from "../../session/seats";
import { rememberMedia, Session } from "../../session/session";
import { leads } from "../../session/state";
import { errorWords } from "../errors";
import { newLocalMedia } from "../join/devices";
import { RoomKeyDialog } from "../key/RoomKeyDialog";
import { announce } from "../kit/announce";
import { Button, ButtonLink } from "../kit/Button";
import { MessagePage } from "../MessagePage";
import { UnsupportedPage } from "../UnsupportedPage";
import { usePage } from "../usePage";
import { common, firstName } from "../words";
import { CallScreen } from "./CallScreen";
import { EndedPage } from "./EndedPage";
import { NotPrivatePage } from "./NotPrivatePage";
import { OverPage } from "./OverPage";
import { PeoplePanel } from "./PeoplePanel";
import { staffWords as words } from "./staff-words";
import { words as callWords } from "./words";

/** `/session/<id>`: the call as staff see it, with the door beside it. */
export default function StaffCallPage() {
  const at = route.value;
  return at.page === "session" ? <Entrance key={at.session} id={at.session} /> : null;
}

type Entry =
  | { is: "opening" | "unsupported" | "locked" }
  | { is: "failed"; error: unknown }
  | { is: "open"; identity: StaffIdentity };

/** The room key has to be here before the room is entered: the others know the room by it. */
function Entrance({ id }: { id: SessionId }) {
  const [entry, setEntry] = useState<Entry>({ is: "opening" });
  const open = () => void enter().then(setEntry);
  useEffect(open, []);
  switch (entry.is) {
    case "opening":
      return <Arriving />;
    case "unsupported":
      return (
        <UnsupportedPage>
          <ButtonLink size="big" block href="/">
            {words.toDay}
          </ButtonLink>
        </UnsupportedPage>
      );
    case "locked":
      return (
        <>
          <Arriving />
          <RoomKeyDialog onClose={() => go("/")} onReady={open} />
        </>
      );
    case "failed":
      return (
        <MessagePage title={common.faultTitle} lead={errorWords(entry.error)}>
          <Button look="primary" size="big" block onClick={open}>
            {common.tryAgain}
          </Button>
        </MessagePage>
      );
    case "open":
      return <StaffSession id={id} identity={entry.identity} />;
  }
}

async function enter(): Promise<Entry> {
  if (!(await canCall())) return { is: "unsupported" };
  try {
    const identity = await presentIdentity();
    return identity ? { is: "open", identity } : { is: "locked" };
  } catch (error) {
    return { is: "failed", error };
  }
}

function StaffSession({ id, identity }: { id: SessionId; identity: StaffIdentity }) {
  const [local] = useState(newLocalMedia);
  const [session] = useState(() => staffSession(id, local, identity));
  useEffect(() => {
    const { microphone, camera } = tabMedia();
    if (microphone) void local.setMicrophone(true);
    if (camera) void local.setCamera(true);
    const forget = rememberMedia(local, keepTabMedia);
    const letGo = holdCall();
    session.start();
    return () => {
      letGo();
      forget();
      session.dispose();
    };
  }, []);
  const { room, knocks } = session.view.value;
  const over = session.over.value;
  const connection = session.connection.value;
  const security = session.secure.security.value;
  useKnocksAloud(knocks);
  useEffect(() => {
    if (over !== null && over !== "elsewhere") forgetTabDevice("staff");
  }, [over]);

  if (over === "ended") return <EndedPage session={id} />;
  if (over === "left") return <LeftPage />;
  if (over !== null) return <OverPage over={over} />;
  if (connection.is === "refused") return <RefusedPage session={id} refused={connection.refused} />;
  if (security.is === "refused") {
    return (
      <NotPrivatePage why={security.why}>
        <ButtonLink size="big" block href="/">
          {words.toDay}
        </ButtonLink>
      </NotPrivatePage>
    );
  }
  if (!room) return <Arriving />;
  return (
    <CallScreen
      session={session}
      room={room}
      {...(leads(room) && {
        panel: {
          waiting: knocks.length,
          view: <PeoplePanel session={session} room={room} knocks={knocks} />,
        },
      })}
    />
  );
}

function staffSession(id: SessionId, local: LocalMedia, identity: StaffIdentity): Session {
  const known = tabDevice("staff");
  let device: DeviceId | null = known?.session === id ? known.device : null;
  let claimed: DeviceId | null = null;
  const session: Session = new Session({
    session: id,
    local,
    open: openSocket,
    identify: async () => ({ as: "staff", device }),
    by: { as: "staff", identity, seats: () => seatsOf(id, identity) },
    who: null,
    onDevice: (named) => {
      device = named;
      if (claimed === named) return;
      claimed = named;
      keepTabDevice("staff", { session: id, device: named });
      claimDevice(named, () => session.moveElsewhere());
    },
  });
  return session;
}

function Arriving() {
  usePage(callWords.page, false);
  return (
    <main class="message" id="main" tabIndex={-1}>
      <h1 tabIndex={-1}>{words.arriving}</h1>
    </main>
  );
}

function LeftPage() {
  return (
    <MessagePage title={callWords.overLeftTitle} lead={callWords.overLeftLead}>
      <Button look="primary" size="big" block onClick={() => location.reload()}>
        {callWords.comeBack}
      </Button>
      <ButtonLink size="big" block href="/">
        {words.toDay}
      </ButtonLink>
    </MessagePage>
  );
}

function RefusedPage({ session, refused }: { session: SessionId; refused: Refused }) {
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    // One's own session that is over still has its note.
    get<SessionSummary>(`/sessions/${session}`).then(
      ({ state }) => setEnded(state === "ended"),
      () => {},
    );
  }, [session]);
  if (ended) return <EndedPage session={session} />;
  if (refused.code === "wrong_version") {
    return (
      <MessagePage title={words.versionTitle} lead={words.versionLead}>
        <Button look="primary" size="big" block onClick={() => location.reload()}>
          {common.reload}
        </Button>
      </MessagePage>
    );
  }
  return (
    <MessagePage title={words.unknownTitle} lead={words.unknownLead}>
      <ButtonLink look="primary" size="big" block href="/">
        {words.toDay}
      </ButtonLink>
    </MessagePage>
  );
}

/** Says once who came to the door. */
function useKnocksAloud(knocks: Knock[]): void {
  const known = useRef(new Set<DeviceId>());
  useEffect(() => {
    for (const { device, name } of knocks) {
      if (!known.current.has(device)) announce(words.knocked(firstName(name)));
    }
    known.current = new Set(knocks.map(({ device }) => device));
  }, [knocks]);
}
