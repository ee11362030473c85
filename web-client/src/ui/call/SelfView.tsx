import { useState } from "preact/hooks";
import type { Present } from "../../protocol";
import type { Session } from "../../session/session";
import { Icon } from "../kit/Icon";
import { eye, eyeOff } from "../kit/icons";
import { firstName } from "../words";
import { OwnVideo } from "./Video";
import { words } from "./words";

/** One's own picture in the corner. Hidden means hidden from oneself: it is still sent, and says so. */
export function SelfView({ session, me }: { session: Session; me: Present | null }) {
  const [hidden, setHidden] = useState(false);
  const { track } = session.local.camera.value;
  if (hidden) {
    return (
      <div class="self away">
        <button type="button" class="hideself" onClick={() => setHidden(false)}>
          <Icon of={eye} size="s" />
          {words.showMe}
        </button>
        {track && <span class="still">{words.stillSeen}</span>}
      </div>
    );
  }
  return (
    <figure class={track ? "tile self" : "tile self nov"}>
      {track ? (
        <OwnVideo track={track} label={words.yourPicture} />
      ) : (
        <span class="ini" aria-hidden="true">
          {Array.from(firstName(me?.name ?? ""))[0]?.toUpperCase() ?? ""}
        </span>
      )}
      <figcaption class="sr">{words.you}</figcaption>
      <button type="button" class="hideself" onClick={() => setHidden(true)}>
        <Icon of={eyeOff} size="s" />
        <span>{words.hideMe}</span>
      </button>
    </figure>
  );
}
