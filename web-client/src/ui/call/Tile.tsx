import type { Present } from "../../protocol";
import { hueOf } from "../kit/Avatar";
import { Icon } from "../kit/Icon";
import { mic, micOff, shieldX, wifiOff } from "../kit/icons";
import { firstName } from "../words";
import { safetyWords } from "./safety-words";
import { Video } from "./Video";
import { words } from "./words";

/** One person's camera, or the first letter of the name on a quiet hue while it is off. */
export function PersonTile(props: {
  who: Present;
  stream: MediaStream | null;
  speaking: boolean;
  /** What comes from the person cannot be opened, so nothing of it is played. */
  insecure: { picture: boolean; sound: boolean };
  /** The person leads a class. */
  leading?: boolean;
  class?: string;
}) {
  const { who, stream } = props;
  const name = firstName(who.name);
  const gone = who.connection === "lost";
  const seen = who.media.camera && stream !== null && !gone;
  const hue = hueOf(who.participant);
  const classes = [
    "tile",
    props.class,
    !seen && "nov",
    !seen && hue > 1 && `c${hue}`,
    props.speaking && "speak",
  ];
  return (
    <figure class={classes.filter(Boolean).join(" ")} data-device={who.device} data-source="camera">
      {seen ? (
        <Video stream={stream} label={words.pictureOf(name)} />
      ) : (
        <span class="ini" aria-hidden="true">
          {Array.from(name)[0]?.toUpperCase() ?? ""}
        </span>
      )}
      {seen && props.insecure.picture && <NotShown name={name} />}
      {gone && (
        <p class="gone">
          <Icon of={wifiOff} />
          <span>{words.dropped(name)}</span>
        </p>
      )}
      <figcaption class="plate">
        <Icon of={who.media.microphone ? mic : micOff} />
        {!who.media.microphone && <span class="sr">{words.muted}, </span>}
        {captionOf(who, props.leading === true)}
        {!gone && props.insecure.sound && (
          <span class="not-played">
            <Icon of={shieldX} />
            {safetyWords.notPlayed}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** A shared screen, shown whole. */
export function ScreenTile(props: { who: Present; stream: MediaStream | null; insecure: boolean }) {
  const { who, stream } = props;
  const name = firstName(who.name);
  return (
    <figure class="tile screen" data-device={who.device} data-source="screen">
      <Video stream={stream} label={words.screenOf(name)} whole />
      {props.insecure && <NotShown name={name} />}
      <figcaption class="plate">{words.sharesScreen(name)}</figcaption>
    </figure>
  );
}

function NotShown({ name }: { name: string }) {
  return (
    <p class="not-shown">
      <Icon of={shieldX} size="l" />
      <span aria-hidden="true">{safetyWords.notShown}</span>
      <span class="sr">{safetyWords.notShownOf(name)}</span>
    </p>
  );
}

/** The name, with what everyone must know of the role: an observer is never hidden. */
function captionOf({ name, role }: Present, leading: boolean): string {
  const first = firstName(name);
  if (leading) return words.leading(first);
  if (role === "observer") return words.roleOf(first, words.observer);
  if (role === "interpreter") return words.roleOf(first, words.interpreter);
  return first;
}
