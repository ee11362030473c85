import type { ComponentChildren } from "preact";
import type { RefusalReason } from "../../crypto/refusal";
import { Button } from "../kit/Button";
import { MessagePage } from "../MessagePage";
import { notPrivateWords } from "./safety";
import { safetyWords as words } from "./safety-words";

/** There are no keys to be had, so there is no call: why, and what to do. */
export function NotPrivatePage({
  why,
  children,
}: {
  why: RefusalReason;
  children?: ComponentChildren;
}) {
  return (
    <MessagePage title={words.notTitle} lead={notPrivateWords(why)}>
      <p class="muted">{words.notLead}</p>
      {why !== "wrong_host" && (
        <Button look="primary" size="big" block onClick={() => location.reload()}>
          {words.reload}
        </Button>
      )}
      {children}
    </MessagePage>
  );
}
