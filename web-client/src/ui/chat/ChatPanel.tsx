import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../../chat/chat";
import { Button, IconButton } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Toggle } from "../kit/Field";
import { Icon } from "../kit/Icon";
import { lock, x } from "../kit/icons";
import { common } from "../words";
import { Composer } from "./Composer";
import { TextLine } from "./TextLine";
import { words } from "./words";
import "./chat.css";

/** The chat beside the call. Escape closes it. */
export function ChatPanel({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const title = useId();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.querySelector("textarea")?.focus(), []);
  return (
    <aside
      class="chat card"
      aria-labelledby={title}
      ref={panel}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
        event.preventDefault();
        onClose();
      }}
    >
      <div class="chat-head">
        <h2 id={title}>{words.title}</h2>
        <IconButton label={common.close} icon={x} onClick={onClose} />
      </div>
      <Inside chat={chat} />
    </aside>
  );
}

/** The chat over the whole page, where there is no room beside the call. */
export function ChatSheet({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  return (
    <Dialog title={words.title} class="chat chat-sheet" onClose={onClose}>
      <Inside chat={chat} />
    </Dialog>
  );
}

/** For those who lead: whether the others may write. */
function OnOff({ chat }: { chat: Chat }) {
  const [failed, setFailed] = useState(false);
  const turn = (on: boolean): void => {
    setFailed(false);
    chat.turn(on).catch(() => setFailed(true));
  };
  return (
    <div class="chat-on">
      <Toggle label={words.everyoneWrites} on={chat.isOn.value} onChange={turn} />
      {!chat.isOn.value && <p class="small quiet">{words.isOffLeading}</p>}
      {failed && (
        <p class="field-error" role="alert">
          {words.turnFailed}
        </p>
      )}
    </div>
  );
}

/** Pixels from the end within which the newest text is in sight. */
const NEAR = 48;

function Inside({ chat }: { chat: Chat }) {
  const lines = chat.lines.value;
  const log = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const newest = lines.at(-1);

  const toEnd = (): void => {
    const element = log.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  // Whoever reads what came before stays there; own words are always shown.
  useLayoutEffect(() => {
    if (atEnd || newest?.state === "sending") toEnd();
  }, [newest]);

  return (
    <>
      {chat.leads.value && <OnOff chat={chat} />}
      {/* What is new is read out by the page's announcer, also while the chat is closed. */}
      <div
        class="chat-log"
        role="log"
        aria-live="off"
        aria-label={words.texts}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it.
        tabIndex={0}
        ref={log}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR)
        }
      >
        {lines.length === 0 && (
          <div class="chat-empty">
            <p>{words.nothingYet}</p>
            <p class="small quiet">{words.nothingYetLead}</p>
          </div>
        )}
        <ul>
          {lines.map((line) => (
            <TextLine key={line.id} chat={chat} line={line} />
          ))}
        </ul>
      </div>
      {!atEnd && (
        <Button size="sm" class="chat-newest" onClick={toEnd}>
          {words.newest}
        </Button>
      )}
      {chat.mayWrite.value ? <Composer chat={chat} /> : <p class="chat-off">{words.isOff}</p>}
      <p class="chat-note small quiet">
        <Icon of={lock} size="s" />
        <span>{words.onlyHere}</span>
      </p>
    </>
  );
}
