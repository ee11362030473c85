import { useState } from "preact/hooks";
import { me } from "../../account";
import type { SessionSummary } from "../../protocol";
import { begun, book, emptyBooking, problemsOf } from "../../session/booking";
import { serverNow } from "../../session/day";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { PageHeader } from "../kit/PageHeader";
import { Shell } from "../shell/Shell";
import { usePage } from "../usePage";
import { BookingFields } from "./BookingFields";
import { CreatedSummary } from "./CreatedSummary";
import { LinksPanel } from "./LinksPanel";
import { MessagePreview } from "./MessagePreview";
import { words } from "./words";
import "./create.css";

/** Books a session, then makes a link for each guest. */
export default function CreatePage() {
  usePage(words.title);
  const zone = me.value?.time_zone ?? "UTC";
  const [created, setCreated] = useState<SessionSummary | null>(null);
  return (
    <Shell>
      <PageHeader title={words.title} lead={words.lead} />
      <div class="create-columns">
        {created ? (
          <>
            <CreatedSummary session={created} zone={zone} onAnother={() => setCreated(null)} />
            <LinksPanel session={created} zone={zone} />
          </>
        ) : (
          <BookingForm zone={zone} onCreated={setCreated} />
        )}
      </div>
    </Shell>
  );
}

function BookingForm({
  zone,
  onCreated,
}: {
  zone: string;
  onCreated: (session: SessionSummary) => void;
}) {
  const [fresh] = useState(() => emptyBooking(serverNow(), zone));
  const booking = begun.value ?? fresh;
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const problems = problemsOf(booking, serverNow(), zone);

  async function submit(event: Event) {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    setError(null);
    if (problems.length > 0) {
      // The fields say themselves what is missing once they are drawn anew.
      const form = event.currentTarget as HTMLFormElement;
      setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    try {
      const created = await book(booking, zone);
      begun.value = null;
      onCreated(created);
    } catch (refused) {
      setError(errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <>
      <form class="create-form" onSubmit={submit} aria-label={words.form} noValidate>
        <BookingFields
          booking={booking}
          zone={zone}
          problems={tried ? problems : []}
          onChange={(next) => {
            begun.value = next;
          }}
        />
        {error && (
          <Banner tone="bad" announce="assertive">
            {error}
          </Banner>
        )}
        <div>
          <Button type="submit" look="primary" busy={busy && words.creating}>
            {words.create}
          </Button>
        </div>
      </form>
      <aside class="card out" aria-label={words.previewNobody}>
        <MessagePreview booking={booking} zone={zone} />
      </aside>
    </>
  );
}
