import { useEffect, useState } from "preact/hooks";
import type { SeatKey } from "../../crypto/candidates";
import type { Booked, ParticipantId, SessionSummary } from "../../protocol";
import { refreshDay } from "../../session/day";
import { presentIdentity, roomKey } from "../../session/identity";
import { madeLinks, makeLink } from "../../session/links";
import { seatsOf } from "../../session/seats";
import { errorWords } from "../errors";
import { RoomKeyDialog } from "../key/RoomKeyDialog";
import { Avatar } from "../kit/Avatar";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { shownName } from "../names";
import { roleWords } from "../words/clinic";
import { words } from "./dialog-words";

/** Each guest and what can be done about their link. */
export function LinkList({ session, zone }: { session: SessionSummary; zone: string }) {
  const [error, setError] = useState<string | null>(null);
  const doubts = useDoubts(session);
  return (
    <section class="dialog-step" aria-labelledby="links-of-session">
      <h3 id="links-of-session">{words.people}</h3>
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <ul class="guest-links">
        {session.people.map((guest) => (
          <GuestRow
            key={guest.participant}
            guest={guest}
            doubt={doubts.get(guest.participant)}
            session={session}
            zone={zone}
            onError={setError}
          />
        ))}
      </ul>
      <p class="small quiet">{words.newLinkHint}</p>
    </section>
  );
}

function GuestRow(props: {
  guest: Booked;
  doubt: Doubt | undefined;
  session: SessionSummary;
  zone: string;
  onError: (error: string | null) => void;
}) {
  const { guest, session, zone, onError } = props;
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const address = madeLinks.value.get(guest.participant);
  const name = shownName(guest.name);

  async function make() {
    setBusy(true);
    onError(null);
    try {
      const identity = await presentIdentity();
      setAsking(!identity);
      if (identity) {
        await makeLink(identity, session.session, guest);
        await refreshDay(zone);
      }
    } catch (refused) {
      onError(errorWords(refused));
    }
    setBusy(false);
  }

  return (
    <li>
      <Avatar name={guest.name} seed={guest.person} />
      <div class="grow">
        <p class="m">
          {name} <span class="quiet small">{roleWords[guest.role]}</span>
        </p>
        <p class="sub">{linkState(guest)}</p>
        {guest.link && props.doubt && <p class="sub">{doubtWords(props.doubt)}</p>}
      </div>
      {address ? (
        <CopyButton size="sm" text={address} of={words.linkFor(name)} />
      ) : (
        <Button size="sm" busy={busy && words.makingLink} onClick={make}>
          {guest.link ? words.newLink : words.makeLink}
          <span class="sr">: {name}</span>
        </Button>
      )}
      {asking && <RoomKeyDialog onClose={() => setAsking(false)} onReady={() => void make()} />}
    </li>
  );
}

type Doubt = "server_made" | "unfit";

/** Links by which a guest cannot be told from somebody else at the door, or cannot come in at all. */
function useDoubts(session: SessionSummary): ReadonlyMap<ParticipantId, Doubt> {
  const [doubts, setDoubts] = useState<ReadonlyMap<ParticipantId, Doubt>>(new Map());
  const known = roomKey.value;
  const links = session.people.map(({ link }) => link?.link ?? "").join(" ");
  useEffect(() => {
    if (known.is !== "ready") return;
    let current = true;
    // Without an answer nothing is said.
    const asking = seatsOf(session.session, known.identity).catch(() => []);
    void asking.then((seats) => {
      if (!current) return;
      setDoubts(new Map(seats.flatMap(doubtOf)));
    });
    return () => {
      current = false;
    };
  }, [known, links]);
  return doubts;
}

function doubtOf({ participant, key }: SeatKey): [ParticipantId, Doubt][] {
  return typeof key === "string" ? [[participant, key]] : [];
}

function doubtWords(doubt: Doubt): string {
  return doubt === "server_made" ? words.linkServer : words.linkUnfit;
}

function linkState(guest: Booked): string {
  if (!guest.link) return words.noLink;
  return guest.link.redeemed ? words.linkOpened : words.linkMade;
}
