import type { NoteSummary } from "../../protocol";
import { wallOf } from "../../session/zone";
import { shortDayOf, timeOf } from "../format";
import { Chip } from "../kit/Chip";
import { Toggle } from "../kit/Field";
import { shownName } from "../names";
import { keysOn, switchKeys } from "./keys";
import { words } from "./words";

const SHOWN = 5;

export function NotesAside({
  notes,
  now,
  zone,
}: {
  notes: readonly NoteSummary[];
  now: number;
  zone: string;
}) {
  const due = notes.filter((note) => note.empty_sections > 0);
  const today = wallOf(now, zone).day;
  return (
    <aside aria-labelledby="notes-to-finish">
      <div class="row between">
        <h2 id="notes-to-finish">{words.notesTitle}</h2>
        <a class="small see-all" href="/notes">
          {words.seeAll}
        </a>
      </div>
      {due.length === 0 ? (
        <p class="empty small">{words.notesNone}</p>
      ) : (
        <ul class="due-notes">
          {due.slice(0, SHOWN).map((note) => (
            <li key={note.note}>
              <a href={`/notes/${note.note}`}>
                <span class="grow">
                  <b>{shownName(note.name)}</b>
                  <span class="sub">
                    {words.factsIn(
                      wallOf(note.starts_at, zone).day === today
                        ? words.todayAt(timeOf(note.starts_at, zone, true))
                        : shortDayOf(note.starts_at, zone),
                    )}
                  </span>
                </span>
                <Chip tone="wait">{words.sectionsLeft(note.empty_sections)}</Chip>
              </a>
            </li>
          ))}
        </ul>
      )}
      <KeysHelp />
    </aside>
  );
}

/** Single keys can be switched off, for people who speak to their device or press keys by accident. */
function KeysHelp() {
  return (
    <section class="keys" aria-labelledby="keys">
      <h2 id="keys">{words.keysTitle}</h2>
      <Toggle label={words.keysToggle} on={keysOn.value} onChange={switchKeys} />
      <ul class="small">
        <li>
          <kbd>C</kbd> {words.keysC}
        </li>
        <li>
          <kbd>L</kbd> {words.keysL}
        </li>
      </ul>
    </section>
  );
}
