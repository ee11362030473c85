import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { lapse, me, signOut } from "../../account";
import { watchIdle } from "../../idle";
import type { Me } from "../../protocol";
import { go, mayLeave, type Route, route } from "../../route";
import { day, refreshDay } from "../../session/day";
import { loadRoomKey } from "../../session/identity";
import { RoomKeyDialog } from "../key/RoomKeyDialog";
import { words as keyWords } from "../key/words";
import { Avatar } from "../kit/Avatar";
import { announce } from "../kit/announce";
import { Brand } from "../kit/Brand";
import { Icon } from "../kit/Icon";
import {
  calendarDays,
  filePenLine,
  globe,
  type IconData,
  info,
  keyRound,
  logOut,
  moon,
  sun,
  usersRound,
} from "../kit/icons";
import { chooseTheme, theme } from "../theme";
import { common, language, speak } from "../words";
import { staffRoleWords } from "../words/clinic";
import { words } from "./words";
import "./shell.css";

/** The frame of every staff page: where one can go, who is signed in, and the page. */
export function Shell(props: { class?: string; children: ComponentChildren }) {
  const who = me.value;
  useEffect(() => {
    if (who?.role === "clinician" && !day.peek()) void refreshDay(who.time_zone);
  }, [who]);
  useEffect(() => {
    // Without an answer it stays unknown, and is asked for again where it is needed.
    if (who?.role === "clinician") loadRoomKey(who.staff).catch(() => {});
  }, [who]);
  useEffect(() => {
    if (who) return watchIdle(who.idle_seconds, () => void lapse());
  }, [who]);
  if (!who) return null;
  return (
    <div class="shell">
      <header class="side">
        <Brand />
        <nav aria-label={words.main} class="side-nav">
          <Places who={who} />
        </nav>
        <span class="grow" />
        <nav aria-label={words.account} class="side-nav account-actions">
          <AccountActions who={who} />
        </nav>
        <div class="row side-who">
          <Avatar name={who.name} />
          <span class="small">
            <span class="b">{who.name}</span>
            <br />
            <span class="quiet">{staffRoleWords[who.role]}</span>
          </span>
        </div>
      </header>
      <main class={["page", props.class].filter(Boolean).join(" ")} id="main" tabIndex={-1}>
        {who.demo && (
          <p class="demo-mark">
            <Icon of={info} size="s" />
            {common.demo}
          </p>
        )}
        {props.children}
      </main>
    </div>
  );
}

/** Only what there is, and only what the role may see. */
function Places({ who }: { who: Me }) {
  const due = day.value?.notes.filter((note) => note.empty_sections > 0).length ?? 0;
  if (who.role === "administrator")
    return <Place path="/staff" icon={usersRound} name={words.staff} pages={["staff"]} />;
  if (who.role !== "clinician") return null;
  return (
    <>
      <Place path="/" icon={calendarDays} name={words.today} pages={["day", "create"]} />
      <Place
        path="/notes"
        icon={filePenLine}
        name={words.notes}
        pages={["notes", "note"]}
        count={due}
      />
    </>
  );
}

function Place(props: {
  path: string;
  icon: IconData;
  name: string;
  pages: Route["page"][];
  count?: number;
}) {
  const here = route.value.page;
  const current =
    props.pages[0] === here ? "page" : props.pages.includes(here) ? "true" : undefined;
  return (
    <a class="nav" href={props.path} aria-current={current}>
      <Icon of={props.icon} />
      <span>{props.name}</span>
      {props.count ? (
        <span class="count">
          <span aria-hidden="true">{props.count}</span>
          <span class="sr">{words.due(props.count)}</span>
        </span>
      ) : null}
    </a>
  );
}

function AccountActions({ who }: { who: Me }) {
  const other = language.value === "en" ? "es" : "en";
  const dark = theme() === "dark";
  const [key, setKey] = useState(false);
  return (
    <>
      {who.role === "clinician" && (
        <button type="button" class="nav" aria-haspopup="dialog" onClick={() => setKey(true)}>
          <Icon of={keyRound} />
          <span>{keyWords.menu}</span>
        </button>
      )}
      {key && <RoomKeyDialog onClose={() => setKey(false)} />}
      <button type="button" class="nav" lang={other} onClick={() => speak(other)}>
        <Icon of={globe} />
        <span>{common.otherLanguage}</span>
      </button>
      <button type="button" class="nav" onClick={() => chooseTheme(dark ? "light" : "dark")}>
        <Icon of={dark ? sun : moon} />
        <span>{dark ? words.light : words.dark}</span>
      </button>
      <button type="button" class="nav" onClick={() => mayLeave(leave) && void leave()}>
        <Icon of={logOut} />
        <span>{words.signOut}</span>
      </button>
    </>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
    go("/", { replace: true });
  } catch {
    announce(words.signOutFailed, true);
  }
}
