import { useEffect, useState } from "preact/hooks";
import { me } from "../../account";
import type { NoteSummary } from "../../protocol";
import { isDue, loadNotes, notes } from "../../record/notes";
import { errorWords } from "../errors";
import { shortDayOf, timeOf } from "../format";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { Choice } from "../kit/Field";
import { check } from "../kit/icons";
import { PageHeader } from "../kit/PageHeader";
import { shownName } from "../names";
import { Shell } from "../shell/Shell";
import { usePage } from "../usePage";
import { common } from "../words";
import { kindWords, templateWords } from "../words/clinic";
import { words } from "./words";
import "../list.css";

type Shown = "all" | "due";

/** All notes of the clinician, to find one again. */
export default function NotesPage() {
  usePage(words.title);
  const [shown, setShown] = useState<Shown>("all");
  const [error, setError] = useState<string | null>(null);
  const load = () => {
    setError(null);
    loadNotes().catch((refused) => setError(errorWords(refused)));
  };
  useEffect(load, []);

  const all = notes.value ?? [];
  const due = all.filter(isDue);
  const listed = shown === "due" ? due : all;
  return (
    <Shell>
      <PageHeader title={words.title} lead={notes.value && words.lead(all.length, due.length)} />
      {error && (
        <Banner
          tone="bad"
          announce="assertive"
          action={
            <Button size="sm" onClick={load}>
              {common.tryAgain}
            </Button>
          }
        >
          {error}
        </Banner>
      )}
      {notes.value && all.length === 0 && (
        <div class="empty">
          <p class="b">{words.none}</p>
          <p>{words.noneHint}</p>
        </div>
      )}
      {all.length > 0 && (
        <>
          <Choice
            legend={words.show}
            class="square list-filter"
            value={shown}
            options={[
              { value: "all", label: words.showAll },
              { value: "due", label: words.showDue },
            ]}
            onValue={setShown}
          />
          <NotesTable listed={listed} zone={me.value?.time_zone ?? "UTC"} />
        </>
      )}
    </Shell>
  );
}

function NotesTable({ listed, zone }: { listed: readonly NoteSummary[]; zone: string }) {
  return (
    <table class="list-table">
      <caption class="sr">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.who}</th>
          <th scope="col">{words.when}</th>
          <th scope="col">{words.kind}</th>
          <th scope="col">{words.template}</th>
          <th scope="col">{words.state}</th>
        </tr>
      </thead>
      <tbody>
        {listed.map((note) => (
          <tr key={note.note}>
            <th scope="row">
              <a href={`/notes/${note.note}`}>{shownName(note.name)}</a>
            </th>
            <td data-label={words.when}>
              {shortDayOf(note.starts_at, zone)}, {timeOf(note.starts_at, zone)}
            </td>
            <td data-label={words.kind}>{kindWords[note.kind]}</td>
            <td data-label={words.template}>{templateWords[note.template]}</td>
            <td data-label={words.state}>
              {isDue(note) ? (
                <Chip tone="wait">{words.sectionsLeft(note.empty_sections)}</Chip>
              ) : (
                <Chip icon={check}>{words.written}</Chip>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
