import type { ComponentChildren, Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { canShareScreen } from "../../media/devices";
import type { Capture } from "../../media/local";
import type { Room } from "../../protocol";
import type { Session } from "../../session/session";
import { mayShareScreen, others, sharing } from "../../session/state";
import { useLevel } from "../join/devices";
import { announce } from "../kit/announce";
import { Icon } from "../kit/Icon";
import {
  ellipsis,
  type IconData,
  logOut,
  messageSquare,
  mic,
  micOff,
  screenShare,
  screenShareOff,
  triangleAlert,
  usersRound,
  video,
  videoOff,
} from "../kit/icons";
import { firstName } from "../words";
import { words } from "./words";

/** Loudness that is talking, while muted. */
const TALKING = 0.06;
/** A higher count is shown as this one and more. */
const MOST_COUNTED = 99;

/** Microphone, video, share, more; and the way out. */
export function Controls(props: {
  session: Session;
  room: Room;
  /** Opens and closes the people panel; absent for those who cannot let people in. */
  people?: { open: boolean; waiting: number; onToggle: () => void } | undefined;
  chat: { open: boolean; unread: number; control: Ref<HTMLButtonElement>; onToggle: () => void };
  onMore: () => void;
  onTrouble: () => void;
  onLeave: () => void;
  /** The person may end the session for everyone. */
  leads: boolean;
}) {
  const { session, people, chat } = props;
  const { local } = session;
  return (
    <section class="controls" aria-label={words.controls}>
      <Toolbar>
        <MicrophoneControl session={session} onTrouble={props.onTrouble} />
        <InputControl
          capture={local.camera.value}
          on={local.state.value.camera}
          icons={[video, videoOff]}
          labels={[words.videoOn, words.videoOff, words.noVideo]}
          shortcut="V"
          onSet={(on) => void local.setCamera(on)}
          onTrouble={props.onTrouble}
        />
        {canShareScreen() && mayShareScreen(props.room) && (
          <ShareControl session={session} room={props.room} />
        )}
        {people && (
          <Control
            icon={usersRound}
            label={words.peopleButton}
            pressed={people.open}
            look={people.open ? "sel" : undefined}
            count={people.waiting}
            countWords={words.waitingCount(people.waiting)}
            onClick={people.onToggle}
          />
        )}
        <Control
          icon={messageSquare}
          label={words.chat}
          pressed={chat.open}
          look={chat.open ? "sel" : undefined}
          count={chat.unread}
          countWords={words.newCount(chat.unread)}
          control={chat.control}
          onClick={chat.onToggle}
        />
        <Control icon={ellipsis} label={words.more} popup onClick={props.onMore} />
      </Toolbar>
      <button type="button" class="ctl leave" aria-haspopup="dialog" onClick={props.onLeave}>
        <Icon of={logOut} />
        <span>{props.leads ? words.end : words.leave}</span>
      </button>
    </section>
  );
}

function MicrophoneControl({ session, onTrouble }: { session: Session; onTrouble: () => void }) {
  const { local } = session;
  const capture = local.microphone.value;
  const on = local.state.value.microphone;
  const talking = useLevel(on ? null : capture.track) > TALKING;
  const [warned, setWarned] = useState(false);
  useEffect(() => {
    if (on) setWarned(false);
    if (on || !talking) return;
    setWarned(true);
    announce(words.youAreMuted);
    const timer = setTimeout(() => setWarned(false), 6_000);
    return () => clearTimeout(timer);
  }, [on, talking && !warned]);
  return (
    <InputControl
      capture={capture}
      on={on}
      icons={[mic, micOff]}
      labels={[words.micOn, words.micOff, words.noMic]}
      shortcut="M"
      talk={warned && !on}
      onSet={(next) => void local.setMicrophone(next)}
      onTrouble={onTrouble}
    />
  );
}

function InputControl(props: {
  capture: Capture;
  on: boolean;
  icons: [IconData, IconData];
  labels: [string, string, string];
  shortcut: string;
  talk?: boolean;
  onSet: (on: boolean) => void;
  onTrouble: () => void;
}) {
  const { capture, on } = props;
  if (capture.trouble && !capture.opening) {
    return (
      <Control
        icon={triangleAlert}
        label={props.labels[2]}
        look="bad"
        popup
        onClick={props.onTrouble}
      />
    );
  }
  return (
    <Control
      icon={props.icons[on ? 0 : 1]}
      label={capture.opening ? words.starting : props.labels[on ? 0 : 1]}
      pressed={on}
      look={on ? undefined : "off"}
      talk={props.talk}
      shortcut={props.shortcut}
      onClick={() => props.onSet(!on)}
    />
  );
}

function ShareControl({ session, room }: { session: Session; room: Room }) {
  const { local } = session;
  const mine = local.state.value.screen;
  const sharer = sharing({ ...room, present: others(room) });
  if (mine) {
    return (
      <Control
        icon={screenShareOff}
        label={words.stopShare}
        pressed
        look="sel"
        onClick={() => local.stopScreen()}
      />
    );
  }
  if (sharer) {
    const name = firstName(sharer.name);
    return (
      <Control
        icon={screenShare}
        label={words.otherShares(name)}
        why={words.otherSharesWhy(name)}
        class="hide-s"
        onClick={() => announce(words.otherSharesWhy(name))}
      />
    );
  }
  return (
    <Control
      icon={screenShare}
      label={words.share}
      pressed={false}
      class="hide-s"
      onClick={() => void local.shareScreen()}
    />
  );
}

function Control(props: {
  icon: IconData;
  label: string;
  pressed?: boolean;
  look?: "off" | "sel" | "bad" | undefined;
  talk?: boolean | undefined;
  class?: string;
  shortcut?: string;
  popup?: boolean;
  count?: number;
  /** What the count says to those who hear it. */
  countWords?: string;
  control?: Ref<HTMLButtonElement>;
  /** Why it does nothing now. */
  why?: string;
  onClick: () => void;
}) {
  const classes = ["ctl", props.look, props.talk && "talk", props.why && "dis", props.class];
  return (
    <button
      type="button"
      ref={props.control ?? null}
      class={classes.filter(Boolean).join(" ")}
      aria-pressed={props.pressed}
      aria-haspopup={props.popup ? "dialog" : undefined}
      aria-keyshortcuts={props.shortcut}
      aria-disabled={props.why ? true : undefined}
      onClick={props.onClick}
    >
      <Icon of={props.icon} />
      <span>{props.label}</span>
      {props.talk && <span class="bubble">{words.youAreMuted}</span>}
      {props.count ? (
        <>
          <span class="n" aria-hidden="true">
            {props.count > MOST_COUNTED ? `${MOST_COUNTED}+` : props.count}
          </span>
          <span class="sr">{props.countWords}</span>
        </>
      ) : null}
    </button>
  );
}

/** A toolbar: arrows move inside, and each button is reached by Tab as well. */
function Toolbar({ children }: { children: ComponentChildren }) {
  const bar = useRef<HTMLDivElement>(null);
  return (
    <div
      class="toolbar"
      role="toolbar"
      aria-label={words.controls}
      ref={bar}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step === 0) return;
        const buttons = [...(bar.current?.querySelectorAll("button") ?? [])].filter(
          (button) => button.offsetParent !== null,
        );
        const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
        buttons[(at + step + buttons.length) % buttons.length]?.focus();
        event.preventDefault();
      }}
    >
      {children}
    </div>
  );
}
