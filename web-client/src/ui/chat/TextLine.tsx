import { useId, useMemo, useRef, useState } from "preact/hooks";
import type { Chat, Line } from "../../chat/chat";
import { type Part, partsOf } from "../../chat/links";
import { timeOf } from "../format";
import { Button } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { lock } from "../kit/icons";
import { useFocus } from "../kit/useFocus";
import { common } from "../words";
import { words } from "./words";

type Link = Part & { is: "link" };

/** One text: who, when, what, and what became of it. */
export function TextLine({ chat, line }: { chat: Chat; line: Line }) {
  const parts = useMemo(() => partsOf(line.text), [line.text]);
  const [asked, setAsked] = useState<Link | null>(null);
  const opener = useRef<HTMLButtonElement | null>(null);
  const close = () => {
    setAsked(null);
    opener.current?.focus();
  };
  const classes = ["chat-line", line.isOwn && "own", line.isPrivate && "private"];
  return (
    <li class={classes.filter(Boolean).join(" ")}>
      <p class="chat-who">
        <b>{line.isOwn ? words.you : line.name}</b>
        {line.at !== null && <span class="quiet small">{timeOf(line.at, zone())}</span>}
        {line.state === "sending" && <span class="quiet small">{words.sending}</span>}
        {line.isPrivate && (
          <Chip tone="whisper" icon={lock}>
            {words.isPrivate}
          </Chip>
        )}
      </p>
      <p class="chat-text" dir="auto">
        {parts.map((part, at) =>
          part.is === "words" ? (
            part.text
          ) : (
            <button
              key={at}
              type="button"
              class="chat-link"
              aria-expanded={asked === part}
              onClick={({ currentTarget }) => {
                opener.current = currentTarget;
                setAsked(asked === part ? null : part);
              }}
            >
              {part.text}
            </button>
          ),
        )}
      </p>
      {asked && <AskBefore key={asked.href} link={asked} onClose={close} />}
      {line.state === "failed" && (
        <p class="chat-failed">
          <span class="field-error" role="alert">
            {words.notSent}
          </span>
          <Button size="sm" onClick={() => chat.retry(line.id)}>
            {common.tryAgain}
          </Button>
          <Button size="sm" look="plain" onClick={() => chat.discard(line.id)}>
            {words.discard}
          </Button>
        </p>
      )}
    </li>
  );
}

/** Says where a link leads before there is anything to follow. */
function AskBefore({ link, onClose }: { link: Link; onClose: () => void }) {
  const where = useId();
  const go = useFocus<HTMLAnchorElement>();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of what is inside.
    <div
      class="chat-ask"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onClose();
      }}
    >
      <p id={where}>{words.leadsTo(link.host)}</p>
      <div class="chat-ask-actions">
        <a
          class="btn primary sm"
          href={link.href}
          target="_blank"
          rel="noopener noreferrer"
          aria-describedby={where}
          ref={go}
          onClick={onClose}
        >
          {words.openLink}
        </a>
        <Button size="sm" onClick={onClose}>
          {words.notNow}
        </Button>
      </div>
    </div>
  );
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
