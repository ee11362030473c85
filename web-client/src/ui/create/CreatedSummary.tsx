import type { SessionSummary } from "../../protocol";
import { dayOf, timeOf } from "../format";
import { Button, ButtonLink } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { checkCircle } from "../kit/icons";
import { kindWords } from "../words/clinic";
import { words } from "./words";

/** What was just booked, and where to go from here. */
export function CreatedSummary(props: {
  session: SessionSummary;
  zone: string;
  onAnother: () => void;
}) {
  const { session, zone, onAnother } = props;
  const when = `${dayOf(session.starts_at, zone)}, ${timeOf(session.starts_at, zone)}`;
  const minutes = words.minutes(Math.round((session.ends_at - session.starts_at) / 60_000));
  return (
    <section class="created" aria-labelledby="created">
      <Icon of={checkCircle} size="l" />
      <div>
        <h2 id="created">{words.created}</h2>
        <p class="muted">{words.createdLead(kindWords[session.kind], when, minutes)}</p>
        <div class="row wrap created-actions">
          <ButtonLink href="/">{words.toToday}</ButtonLink>
          <Button onClick={onAnother}>{words.another}</Button>
        </div>
      </div>
    </section>
  );
}
