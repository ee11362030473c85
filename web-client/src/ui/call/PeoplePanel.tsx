import { useState } from "preact/hooks";
import type { Knock, Present, Role, Room } from "../../protocol";
import type { Session } from "../../session/session";
import { Button, IconButton } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Icon } from "../kit/Icon";
import { mic, micOff, userX, wifiOff } from "../kit/icons";
import { useServerNow } from "../useServerNow";
import { KnockCard } from "./KnockCard";
import { OutsideCard } from "./OutsideCard";
import { staffWords as words } from "./staff-words";

/** For those who let people in: who waits, and who is in the call. */
export function PeoplePanel(props: { session: Session; room: Room; knocks: Knock[] }) {
  const { session, room, knocks } = props;
  const now = useServerNow(session);
  const [removing, setRemoving] = useState<Present | null>(null);
  const outside = session.outside.value;
  const waits = knocks.length + outside.length > 0;
  return (
    <aside class="panel card" aria-label={words.panel}>
      <section class={waits ? "door-side waits" : "door-side"}>
        <h2>{words.waiting}</h2>
        {!waits && <p class="small quiet">{words.nobodyWaits}</p>}
        <ul>
          {outside.map((who) => (
            <OutsideCard
              key={who.device}
              session={session}
              who={who}
              onRemove={() => setRemoving(who)}
            />
          ))}
          {knocks.map((knock) => (
            <KnockCard key={knock.device} session={session} knock={knock} now={now} />
          ))}
        </ul>
      </section>
      <section class="in-call">
        <h2>{words.inCall}</h2>
        <ul>
          {room.present.map((who) => (
            <li key={who.device}>
              <span class="grow">
                {who.name}
                <span class="quiet small">
                  {" "}
                  {who.device === room.you ? words.you : roleName(who.role)}
                </span>
              </span>
              <Icon
                of={who.connection === "lost" ? wifiOff : who.media.microphone ? mic : micOff}
                size="s"
              />
              {who.device !== room.you && (
                <IconButton
                  label={words.remove(who.name)}
                  icon={userX}
                  onClick={() => setRemoving(who)}
                />
              )}
            </li>
          ))}
        </ul>
      </section>
      {removing && (
        <RemoveDialog session={session} who={removing} onClose={() => setRemoving(null)} />
      )}
    </aside>
  );
}

function RemoveDialog(props: { session: Session; who: Present; onClose: () => void }) {
  const { session, who } = props;
  const [failed, setFailed] = useState(false);

  async function remove() {
    setFailed(false);
    try {
      await session.remove(who.device);
      props.onClose();
    } catch {
      setFailed(true);
    }
  }

  return (
    <Dialog title={words.removeTitle(who.name)} onClose={props.onClose}>
      <p>{words.removeLead}</p>
      {failed && (
        <p class="field-error" role="alert">
          {words.failed}
        </p>
      )}
      <div class="dialog-actions">
        <Button onClick={props.onClose} data-focus>
          {words.keep}
        </Button>
        <Button look="danger" onClick={() => void remove()}>
          {words.takeOut}
        </Button>
      </div>
    </Dialog>
  );
}

export function roleName(role: Role): string {
  switch (role) {
    case "clinician":
      return words.clinician;
    case "co_facilitator":
      return words.coFacilitator;
    case "client":
      return words.client;
    case "caregiver":
      return words.caregiver;
    case "observer":
      return words.observer;
    case "interpreter":
      return words.interpreter;
  }
}
