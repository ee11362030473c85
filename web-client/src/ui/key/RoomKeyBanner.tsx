import { useState } from "preact/hooks";
import { roomKey } from "../../session/identity";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { keyRound } from "../kit/icons";
import { RoomKeyDialog } from "./RoomKeyDialog";
import { words } from "./words";
import "./key.css";

/** Reminds of the code of the room key until it is saved. Nothing has to be done at once. */
export function RoomKeyBanner() {
  const [open, setOpen] = useState(false);
  const known = roomKey.value;
  const unsaved = known.is === "ready" && known.code !== null;
  if (!unsaved && !open) return null;
  return (
    <>
      {unsaved && (
        <section class="notice key-banner" aria-labelledby="room-key-banner">
          <Icon of={keyRound} />
          <div class="grow">
            <h2 id="room-key-banner">{words.bannerTitle}</h2>
            <p class="small">{words.bannerLead}</p>
          </div>
          <Button onClick={() => setOpen(true)}>{words.bannerOpen}</Button>
        </section>
      )}
      {open && <RoomKeyDialog onClose={() => setOpen(false)} />}
    </>
  );
}
