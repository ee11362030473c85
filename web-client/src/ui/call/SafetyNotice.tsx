import { useEffect, useState } from "preact/hooks";
import type { SecurityEvent } from "../../crypto/room";
import { announce } from "../kit/announce";
import { Button, IconButton } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { triangleAlert, x } from "../kit/icons";
import { safetyWords as words } from "./safety-words";

/** The newest thing that was stopped and what to do about it, until it is put away. */
export function SafetyNotice(props: { events: readonly SecurityEvent[]; onSafety: () => void }) {
  const { events } = props;
  const [seen, setSeen] = useState(0);
  const newest = events.at(-1);
  const count = events.length;
  useEffect(() => {
    if (newest && count > seen) announce(eventWords(newest.is));
  }, [newest?.is, count > seen]);
  if (!newest || count <= seen) return null;
  return (
    <section class="safety-notice card" aria-label={words.events}>
      <Icon of={triangleAlert} />
      <p class="grow small">{eventWords(newest.is)}</p>
      {newest.is !== "knock_forged" && (
        <Button size="sm" onClick={props.onSafety}>
          {words.seeCode}
        </Button>
      )}
      <IconButton label={words.dismiss} icon={x} onClick={() => setSeen(count)} />
    </section>
  );
}

function eventWords(is: SecurityEvent["is"]): string {
  switch (is) {
    case "commit_refused":
      return words.commitRefused;
    case "knock_forged":
      return words.knockForged;
    case "message_refused":
      return words.messageRefused;
  }
}
