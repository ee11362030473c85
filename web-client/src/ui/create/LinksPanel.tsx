import { useEffect, useState } from "preact/hooks";
import type { Booked, ParticipantId, SessionSummary } from "../../protocol";
import { presentIdentity } from "../../session/identity";
import { madeLinks, makeLink, shortLink } from "../../session/links";
import { dayOf, sentence, timeOf } from "../format";
import { RoomKeyDialog } from "../key/RoomKeyDialog";
import { words as keyWords } from "../key/words";
import { Avatar } from "../kit/Avatar";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { CopyButton } from "../kit/CopyButton";
import { Select } from "../kit/Field";
import { check } from "../kit/icons";
import { useFocus } from "../kit/useFocus";
import { firstName } from "../words";
import { roleWords } from "../words/clinic";
import { messageText } from "./MessagePreview";
import { words } from "./words";

/** Makes a link for each guest of a new session and offers them for copying. */
export function LinksPanel({ session, zone }: { session: SessionSummary; zone: string }) {
  const [failed, setFailed] = useState<ReadonlySet<ParticipantId>>(new Set());
  const heading = useFocus<HTMLHeadingElement>();
  const links = madeLinks.value;
  const [asking, setAsking] = useState(false);
  const [locked, setLocked] = useState(false);
  const ready = session.people.every((guest) => links.has(guest.participant));

  async function make(guests: readonly Booked[]): Promise<void> {
    setFailed((set) => new Set([...set].filter((id) => !guests.some(isSeat(id)))));
    const notMade: ParticipantId[] = [];
    try {
      const identity = await presentIdentity();
      setLocked(!identity);
      setAsking(!identity);
      if (!identity) return;
      await Promise.all(
        guests.map((guest) =>
          makeLink(identity, session.session, guest).catch(() => notMade.push(guest.participant)),
        ),
      );
    } catch {
      notMade.push(...guests.map(({ participant }) => participant));
    }
    if (notMade.length > 0) setFailed((set) => new Set([...set, ...notMade]));
    else announce(words.linksReady);
  }
  const makeMissing = () =>
    void make(session.people.filter(({ participant }) => !madeLinks.peek().has(participant)));

  useEffect(makeMissing, [session.session]);

  const when = `${sentence(dayOf(session.starts_at, zone))}, ${timeOf(session.starts_at, zone)}`;
  return (
    <aside class="card out" aria-labelledby="links">
      {ready && (
        <Chip tone="ok" icon={check}>
          {words.ready}
        </Chip>
      )}
      <h2 id="links" tabIndex={-1} ref={heading}>
        {words.links}
      </h2>
      <p class="small muted">{words.linksLead(when)}</p>
      {locked && (
        <Banner
          tone="wait"
          action={
            <Button size="sm" onClick={() => setAsking(true)}>
              {keyWords.enter}
            </Button>
          }
        >
          {keyWords.neededForLinks}
        </Banner>
      )}
      <ul class="links">
        {session.people.map((guest) => (
          <GuestLink
            key={guest.participant}
            guest={guest}
            address={links.get(guest.participant)}
            failed={failed.has(guest.participant)}
            onAgain={() => void make([guest])}
          />
        ))}
      </ul>
      <p class="small quiet">{words.keep}</p>
      <Message session={session} zone={zone} />
      {asking && (
        <RoomKeyDialog
          onClose={() => setAsking(false)}
          onReady={() => {
            setAsking(false);
            makeMissing();
          }}
        />
      )}
    </aside>
  );
}

function isSeat(id: ParticipantId): (guest: Booked) => boolean {
  return ({ participant }) => participant === id;
}

function GuestLink(props: {
  guest: Booked;
  address: string | undefined;
  failed: boolean;
  onAgain: () => void;
}) {
  const { guest, address, failed, onAgain } = props;
  return (
    <li>
      <Avatar name={guest.name} seed={guest.person} />
      <div class="grow">
        <p class="m">
          {guest.name} <span class="quiet small">{roleWords[guest.role]}</span>
        </p>
        <p class="mono quiet url">
          {address ? shortLink(address) : failed ? words.failed : words.making}
        </p>
      </div>
      {address && <CopyButton size="sm" text={address} of={words.linkFor(guest.name)} />}
      {failed && (
        <Button size="sm" onClick={onAgain}>
          {words.again}
          <span class="sr">: {words.linkFor(guest.name)}</span>
        </Button>
      )}
    </li>
  );
}

/** The whole message for one guest, to paste into the clinic's own way of writing to people. */
function Message({ session, zone }: { session: SessionSummary; zone: string }) {
  const [chosen, setChosen] = useState(session.people[0]?.participant ?? "");
  const guest = session.people.find((person) => person.participant === chosen);
  const address = madeLinks.value.get(chosen);
  if (!guest) return null;
  return (
    <div class="message-preview">
      {session.people.length > 1 && (
        <Select
          label={words.messageFor}
          value={chosen}
          onValue={setChosen}
          options={session.people.map((person) => ({
            value: person.participant,
            label: person.name,
          }))}
        />
      )}
      <h3 class="small b">{words.preview(firstName(guest.name))}</h3>
      <p class="bubble">
        {messageText(session.starts_at, zone, address ? shortLink(address) : words.linkLater)}
      </p>
      <p class="small quiet">{words.private}</p>
      {address && (
        <CopyButton
          look="primary"
          text={messageText(session.starts_at, zone, address)}
          of={guest.name}
        >
          {words.copyMessage}
        </CopyButton>
      )}
    </div>
  );
}
