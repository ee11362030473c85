import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Room } from "../../protocol";
import type { Session } from "../../session/session";
import { type Change, changes, hostName, leads as leadsIn, self } from "../../session/state";
import { ChatPanel, ChatSheet } from "../chat/ChatPanel";
import { useNewsAloud } from "../chat/useNewsAloud";
import { announce } from "../kit/announce";
import { Button } from "../kit/Button";
import { volume2 } from "../kit/icons";
import { usePage } from "../usePage";
import { useServerNow } from "../useServerNow";
import { firstName } from "../words";
import { Controls } from "./Controls";
import { HelpDialog, LeaveDialog, MoreDialog } from "./Dialogs";
import { followKeys } from "./keys";
import { Reconnecting } from "./Reconnecting";
import { SafetyDialog } from "./SafetyDialog";
import { SafetyNotice } from "./SafetyNotice";
import { Stage } from "./Stage";
import { TopBar } from "./TopBar";
import { useNarrow } from "./useNarrow";
import { words } from "./words";
import "./call.css";
import "./safety.css";
import "./stage.css";

/** Narrower, there is no room beside the stage. */
const NO_SIDE = "(max-width: 900px)";

type Open = "help" | "safety" | "more" | "leave" | null;

/** The call, the same frame for every kind of session. */
export function CallScreen(props: {
  session: Session;
  room: Room;
  /** What stands beside the stage, and how many wait there. */
  panel?: { waiting: number; view: ComponentChildren };
}) {
  const { session, room, panel } = props;
  const [open, setOpen] = useState<Open>(null);
  const [panelOpen, setPanelOpen] = useState(true);
  const [soundBlocked, setSoundBlocked] = useState(false);
  const { chat } = session;
  const chatOpen = chat.isOpen.value;
  const chatControl = useRef<HTMLButtonElement>(null);
  const isNarrow = useNarrow(NO_SIDE);
  const leads = leadsIn(room);
  const connection = session.connection.value;
  const security = session.secure.security.value;
  const now = useServerNow(session);
  usePage(words.page);
  useEffect(() => followKeys(session.local), [session]);
  useChangesAloud(room);
  useNewsAloud(chat);
  useMinutesAloud(Math.ceil((room.ends_at - now) / 60_000));
  // Someone new at the door opens the panel.
  useEffect(() => {
    if (panel && panel.waiting > 0) setPanelOpen(true);
  }, [panel?.waiting]);

  const closeChat = () => {
    chat.setOpen(false);
    chatControl.current?.focus();
  };
  const lost = connection.is === "lost";
  const people = panel && panelOpen ? panel.view : null;
  const beside = chatOpen && !isNarrow;
  return (
    <div class={panel ? "call staff" : "call participant"}>
      <TopBar
        room={room}
        quality={lost ? "lost" : session.media.quality.value}
        now={now}
        security={security}
        onHelp={() => setOpen("help")}
        onSafety={() => setOpen("safety")}
      />
      <main class={people || beside ? "callmain with-panel" : "callmain"} id="main" tabIndex={-1}>
        <div class={lost ? "stagewrap frozen" : "stagewrap"}>
          <Stage
            session={session}
            room={room}
            leads={leads}
            onSoundBlocked={() => setSoundBlocked(true)}
          />
          <SafetyNotice events={session.secure.events.value} onSafety={() => setOpen("safety")} />
          {soundBlocked && <SoundNotice onPress={() => setSoundBlocked(false)} />}
          {lost && (
            <Reconnecting
              state={connection}
              waits={leads ? "" : hostName(room)}
              onTryNow={() => session.tryNow()}
            />
          )}
        </div>
        {(people || beside) && (
          <div class="beside">
            {people}
            {beside && <ChatPanel chat={chat} onClose={closeChat} />}
          </div>
        )}
      </main>
      <Controls
        session={session}
        room={room}
        leads={leads}
        people={
          panel && {
            open: panelOpen,
            waiting: panel.waiting,
            onToggle: () => setPanelOpen(!panelOpen),
          }
        }
        chat={{
          open: chatOpen,
          unread: chat.unread.value,
          control: chatControl,
          onToggle: () => chat.setOpen(!chatOpen),
        }}
        onMore={() => setOpen("more")}
        onTrouble={() => setOpen("more")}
        onLeave={() => setOpen("leave")}
      />
      {chatOpen && isNarrow && <ChatSheet chat={chat} onClose={closeChat} />}
      {open === "safety" && (
        <SafetyDialog security={security} you={room.you} onClose={() => setOpen(null)} />
      )}
      {open === "help" && <HelpDialog onClose={() => setOpen(null)} />}
      {open === "more" && (
        <MoreDialog session={session} room={room} onClose={() => setOpen(null)} />
      )}
      {open === "leave" && (
        <LeaveDialog session={session} leads={leads} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

/** Browsers may keep sound off until something is pressed. */
function SoundNotice({ onPress }: { onPress: () => void }) {
  return (
    <div class="sound-blocked card" role="alert">
      <p>{words.playSoundLead}</p>
      <Button
        look="primary"
        icon={volume2}
        onClick={() => {
          for (const audio of document.querySelectorAll("audio")) void audio.play();
          onPress();
        }}
      >
        {words.playSound}
      </Button>
    </div>
  );
}

/** Says who came, went, fell away and returned. */
function useChangesAloud(room: Room): void {
  const before = useRef(room);
  useEffect(() => {
    for (const change of changes(before.current, room)) announce(changeWords(change));
    before.current = room;
  }, [room]);
  useEffect(() => {
    const me = self(room)?.device;
    for (const { device, name } of room.present) {
      if (device !== me) announce(words.joined(firstName(name)));
    }
  }, []);
}

/** Says it once when ten and when two minutes are left. */
function useMinutesAloud(left: number): void {
  const said = useRef(left);
  useEffect(() => {
    const reached = [10, 2].find((minutes) => left <= minutes && said.current > minutes);
    if (reached) announce(words.minutesAnnounced(reached));
    said.current = left;
  }, [left]);
}

function changeWords({ is, who }: Change): string {
  const name = firstName(who.name);
  switch (is) {
    case "joined":
      return who.role === "observer" ? words.observerJoined(name) : words.joined(name);
    case "left":
      return words.wentAway(name);
    case "lost":
      return words.fellAway(name);
    case "back":
      return words.cameBack(name);
    case "shares":
      return words.startedSharing(name);
    case "stopped_sharing":
      return words.stoppedSharing(name);
  }
}
