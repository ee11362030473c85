import { useEffect, useState } from "preact/hooks";
import { get } from "../../api";
import type { NoteId, SessionId, SessionSummary } from "../../protocol";
import { ButtonLink } from "../kit/Button";
import { MessagePage } from "../MessagePage";
import { staffWords as words } from "./staff-words";

/** After the end: on to the note. */
export function EndedPage({ session }: { session: SessionId }) {
  const [notes, setNotes] = useState<NoteId[] | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    get<SessionSummary>(`/sessions/${session}`, stop.signal).then(
      (summary) => setNotes(summary.notes),
      () => setNotes((known) => known ?? []),
    );
    return () => stop.abort();
  }, [session]);
  const [only] = notes ?? [];
  return (
    <MessagePage
      title={words.endedTitle}
      lead={notes === null ? words.looking : words.endedLead(notes.length)}
    >
      {notes?.length === 1 && only && (
        <ButtonLink look="primary" size="big" block href={`/notes/${only}`}>
          {words.writeNote}
        </ButtonLink>
      )}
      {notes && notes.length > 1 && (
        <ButtonLink look="primary" size="big" block href="/notes">
          {words.allNotes(notes.length)}
        </ButtonLink>
      )}
      <ButtonLink size="big" block href="/">
        {words.toDay}
      </ButtonLink>
    </MessagePage>
  );
}
