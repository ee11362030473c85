import type { Knock, SessionSummary } from "../../protocol";
import { minutesOf } from "../format";
import { Avatar } from "../kit/Avatar";
import { ButtonLink } from "../kit/Button";
import { doorOpen } from "../kit/icons";
import { shownName } from "../names";
import { list } from "../words";
import { missingWords, phraseWords, placeWords, stateName } from "../words/clinic";
import { words } from "./words";

/** Who waits at the door of one session, and the way to let them in. */
export function WaitingBanner({
  session,
  now,
  first,
}: {
  session: SessionSummary;
  now: number;
  first: boolean;
}) {
  const knocks = [...session.waiting].sort((a, b) => a.since - b.since);
  const longest = knocks[0];
  if (!longest) return null;
  const heading = `waiting-${session.session}`;
  return (
    <section class="waiting" aria-labelledby={heading}>
      <Avatar name={knocks.length > 1 ? String(knocks.length) : longest.booked_name} class="big" />
      <div class="grow">
        <h2 id={heading}>{headingOf(knocks)}</h2>
        <p class="small">{detailsOf(knocks, now)}</p>
      </div>
      <ButtonLink
        look={first ? "primary" : undefined}
        class={first ? undefined : "quiet-button"}
        icon={doorOpen}
        href={`/session/${session.session}`}
      >
        {words.letIn}
      </ButtonLink>
    </section>
  );
}

function headingOf(knocks: readonly Knock[]): string {
  const names = knocks.map((knock) => shownName(knock.booked_name));
  if (names.length === 1) return words.isWaiting(names[0] ?? "");
  const shown = names.length > 3 ? [...names.slice(0, 2), words.others(names.length - 2)] : names;
  return words.areWaiting(list(shown));
}

function detailsOf(knocks: readonly Knock[], now: number): string {
  const longest = knocks[0];
  if (!longest) return "";
  const waiting = words.waitingFor(
    minutesOf(Math.max(60, Math.floor((now - longest.since) / 60_000) * 60)),
  );
  if (knocks.length > 1) return waiting;
  const place =
    longest.state && longest.place
      ? words.in(stateName(longest.state), placeWords[longest.place])
      : "";
  const missing =
    longest.missing.length > 0
      ? words.notSaid(list(longest.missing.map((part) => missingWords[part])))
      : "";
  const said = longest.said ? words.said(phraseWords[longest.said]) : "";
  return [waiting, place, missing, said].filter(Boolean).join(" ");
}
