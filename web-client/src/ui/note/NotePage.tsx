import { useEffect, useMemo, useState } from "preact/hooks";
import { me } from "../../account";
import { ApiError } from "../../api";
import type { NoteView } from "../../protocol";
import { DeviceDrafts } from "../../record/draft";
import { NoteEditor } from "../../record/note";
import { leaveGuard, route } from "../../route";
import { refreshDay } from "../../session/day";
import { errorWords } from "../errors";
import { dayOf, timeOf } from "../format";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button, ButtonLink } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { check, pencil } from "../kit/icons";
import { Shell } from "../shell/Shell";
import { usePage } from "../usePage";
import { common } from "../words";
import { Facts } from "./Facts";
import { ConflictDialog, UnsavedDialog } from "./NoteDialogs";
import { Writing } from "./Writing";
import { words } from "./words";
import "./note.css";

/** One note: the session's facts on one side, the clinician's words on the other. */
export default function NotePage() {
  const note = route.value.page === "note" ? route.value.note : "";
  const staff = me.value?.staff ?? "";
  const editor = useMemo(() => new NoteEditor(note, new DeviceDrafts(staff)), [note, staff]);
  const stored = editor.stored.value;
  usePage(words.title, stored !== null);
  useEffect(() => {
    void editor.load();
    return () => void editor.keep();
  }, [editor]);
  const asking = useLeaveGuard(editor);

  async function save() {
    if (!(await editor.save())) return;
    announce(words.saved);
    // The count of notes to finish may have changed.
    await refreshDay(me.value?.time_zone ?? "UTC");
  }
  useSaveKey(save);

  return (
    <Shell class="note-page">
      {stored ? (
        <>
          <NoteHeader editor={editor} stored={stored} />
          <div class="note-columns">
            <Facts stub={stored.stub} />
            <Writing editor={editor} onSave={save} />
          </div>
        </>
      ) : (
        editor.error.value !== null && (
          <Unread error={editor.error.value} onAgain={() => void editor.load()} />
        )
      )}
      {editor.conflict.value && (
        <ConflictDialog editor={editor} onChosen={() => announce(words.saved)} />
      )}
      {asking && !editor.conflict.value && (
        <UnsavedDialog
          onStay={asking.stay}
          onDiscard={() => void editor.discard().then(asking.go)}
          onSave={() => void editor.save().then((saved) => (saved ? asking.go() : asking.stay()))}
        />
      )}
    </Shell>
  );
}

function NoteHeader({ editor, stored }: { editor: NoteEditor; stored: NoteView }) {
  const { stub } = stored;
  const unsaved = editor.unsaved.value;
  const saved =
    stored.saved_at === null ? "" : words.savedAt(timeOf(stored.saved_at, stub.time_zone));
  return (
    <>
      <header>
        <h1 tabIndex={-1}>
          {stub.name}{" "}
          <span class="quiet note-day">{dayOf(stub.scheduled.from, stub.time_zone)}</span>
        </h1>
        <span class="small quiet">{unsaved ? words.notSaved : saved}</span>
      </header>
      <section class="note-state" aria-label={words.state}>
        <ol>
          <li class="done">
            <Icon of={check} size="s" />
            {words.factsFilled}
          </li>
          <li class="current" aria-current="step">
            <Icon of={pencil} size="s" />
            {words.draft}
          </li>
        </ol>
        <p class="small">
          <b class="b">{words.onlyYou}</b> {stored.demo && words.demo}
        </p>
      </section>
    </>
  );
}

function Unread({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const gone =
    error instanceof ApiError && (error.code === "not_found" || error.code === "not_allowed");
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <div class="empty">
        <Banner tone="bad" announce="assertive">
          {gone ? words.notFound : errorWords(error)}
        </Banner>
        <p class="unread-actions">
          {gone ? (
            <ButtonLink href="/notes">{words.toNotes}</ButtonLink>
          ) : (
            <Button onClick={onAgain}>{common.tryAgain}</Button>
          )}
        </p>
      </div>
    </>
  );
}

/** While words are unsaved, leaving asks first; closing the tab lets the browser ask. */
function useLeaveGuard(editor: NoteEditor): { go: () => void; stay: () => void } | null {
  const [proceed, setProceed] = useState<(() => void) | null>(null);
  const unsaved = editor.unsaved.value;
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => {
      void editor.keep();
      event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    leaveGuard.value = (later) => {
      setProceed(() => later);
      return false;
    };
    return () => {
      removeEventListener("beforeunload", warn);
      leaveGuard.value = null;
    };
  }, [editor, unsaved]);
  if (!proceed) return null;
  return { go: proceed, stay: () => setProceed(null) };
}

function useSaveKey(save: () => Promise<void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey)
        return;
      event.preventDefault();
      void save();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}
