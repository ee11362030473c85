import type { Security } from "../../crypto/room";
import type { ConnectionQuality } from "../../media/quality";
import type { Room } from "../../protocol";
import { leads, others, self } from "../../session/state";
import { Brand } from "../kit/Brand";
import { Icon } from "../kit/Icon";
import { audioLines, type IconData, lifeBuoy, wifi, wifiLow, wifiOff } from "../kit/icons";
import { TimeDisc } from "../kit/TimeDisc";
import { firstName } from "../words";
import { SafetyPill } from "./SafetyPill";
import { words } from "./words";

/** Who, how the connection is, how long still, and help. */
export function TopBar(props: {
  room: Room;
  quality: ConnectionQuality;
  security: Security;
  /** The server's clock, milliseconds. */
  now: number;
  onHelp: () => void;
  onSafety: () => void;
}) {
  const { room } = props;
  return (
    <header class="topbar">
      <span class="row hide-s">
        <Brand bare />
      </span>
      <h1 class="title" tabIndex={-1}>
        {titleOf(room)}
      </h1>
      {room.present.length > 2 && (
        <span class="quiet small hide-s">{words.here(room.present.length)}</span>
      )}
      <SafetyPill security={props.security} onOpen={props.onSafety} />
      <span class="grow" />
      <QualityPill quality={props.quality} />
      <ClockPill room={room} now={props.now} />
      <button type="button" class="pill help" aria-haspopup="dialog" onClick={props.onHelp}>
        <Icon of={lifeBuoy} size="s" />
        {words.help}
      </button>
    </header>
  );
}

const QUALITIES: Record<ConnectionQuality, { icon: IconData; class: string }> = {
  good: { icon: wifi, class: "hide-s" },
  slow: { icon: wifiLow, class: "lampp" },
  sound_only: { icon: audioLines, class: "lampp" },
  lost: { icon: wifiOff, class: "badp" },
};

function QualityPill({ quality }: { quality: ConnectionQuality }) {
  const look = QUALITIES[quality];
  return (
    <span class={`pill ${look.class}`} role="status">
      <Icon of={look.icon} size="s" />
      {qualityWords(quality)}
    </span>
  );
}

function ClockPill({ room, now }: { room: Room; now: number }) {
  const left = Math.ceil((room.ends_at - now) / 60_000);
  const share = (room.ends_at - now) / Math.max(1, room.ends_at - room.starts_at);
  return (
    <span class="pill" role="timer" aria-label={words.clock}>
      <TimeDisc left={share} size={20} />
      {left > 0 ? (
        <span>
          {words.minutesLeft(left)}
          <span class="hide-s">{words.left}</span>
        </span>
      ) : (
        <span>{words.timeUp}</span>
      )}
    </span>
  );
}

export function qualityWords(quality: ConnectionQuality): string {
  switch (quality) {
    case "good":
      return words.good;
    case "slow":
      return words.slow;
    case "sound_only":
      return words.soundOnly;
    case "lost":
      return words.lost;
  }
}

/** Whom the call is with; in a class, by which name the others know this person. */
function titleOf(room: Room): string {
  const me = self(room);
  if (room.kind === "group_class" && me && !leads(room)) return words.youAre(firstName(me.name));
  const names = others(room).map(({ name }) => firstName(name));
  if (names.length === 0 || names.length > 2) return words.alone;
  return words.names(names);
}
