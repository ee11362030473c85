import type { Over } from "../../session/state";
import { Button } from "../kit/Button";
import { MessagePage } from "../MessagePage";
import { words } from "./words";

/** The session is over for this tab: why, in kind words, and the way on. */
export function OverPage({ over }: { over: Over }) {
  const [title, lead] = overWords(over);
  return (
    <MessagePage title={title} lead={lead}>
      {over === "elsewhere" && (
        <Button look="primary" size="big" block onClick={() => location.reload()}>
          {words.here2}
        </Button>
      )}
      {over === "left" && (
        <Button size="big" block onClick={() => location.reload()}>
          {words.comeBack}
        </Button>
      )}
    </MessagePage>
  );
}

export function overWords(over: Over): [string, string] {
  switch (over) {
    case "ended":
      return [words.overEndedTitle, words.overEndedLead];
    case "declined":
      return [words.overDeclinedTitle, words.overDeclinedLead];
    case "removed":
      return [words.overRemovedTitle, words.overRemovedLead];
    case "replaced":
      return [words.overReplacedTitle, words.overReplacedLead];
    case "left":
      return [words.overLeftTitle, words.overLeftLead];
    case "cancelled":
      return [words.overCancelledTitle, words.overCancelledLead];
    case "elsewhere":
      return [words.overElsewhereTitle, words.overElsewhereLead];
  }
}
