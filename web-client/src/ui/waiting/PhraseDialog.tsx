import { useState } from "preact/hooks";
import type { Phrase } from "../../protocol";
import type { Session } from "../../session/session";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { PHRASES, phraseWords } from "./phrases";
import { words } from "./words";

/** Fixed phrases only: a link holder cannot write to a clinician. */
export function PhraseDialog(props: {
  session: Session;
  clinician: string;
  onSaid: (phrase: string) => void;
  onClose: () => void;
}) {
  const [failed, setFailed] = useState(false);

  async function say(phrase: Phrase) {
    setFailed(false);
    try {
      await props.session.say(phrase);
      props.onSaid(phraseWords(phrase));
      props.onClose();
    } catch {
      setFailed(true);
    }
  }

  return (
    <Dialog title={words.message(props.clinician)} onClose={props.onClose}>
      <p class="muted">{words.messageLead(props.clinician)}</p>
      {failed && (
        <Banner tone="bad" announce="assertive">
          {words.failed}
        </Banner>
      )}
      <div class="phrases">
        {PHRASES.map((phrase) => (
          <Button key={phrase} block onClick={() => void say(phrase)}>
            {phraseWords(phrase)}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
