import type { Present } from "../../protocol";
import { hueOf } from "../kit/Avatar";
import { Icon } from "../kit/Icon";
import { mic, micOff, wifiOff } from "../kit/icons";
import { firstName } from "../words";
import { Video } from "./Video";
import { words } from "./words";

/** One person's camera, or the first letter of the name on a quiet hue while it is off. */
export function PersonTile(props: {
  who: Present;
  stream: MediaStream | null;
  speaking: boolean;
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
      </figcaption>
    </figure>
  );
}

/** A shared screen, shown whole. */
export function ScreenTile({ who, stream }: { who: Present; stream: MediaStream | null }) {
  const name = firstName(who.name);
  return (
    <figure class="tile screen" data-device={who.device} data-source="screen">
      <Video stream={stream} label={words.screenOf(name)} whole />
      <figcaption class="plate">{words.sharesScreen(name)}</figcaption>
    </figure>
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
