import { useState } from "preact/hooks";
import type { AttestationPart, Look } from "../../protocol";
import type { Session } from "../../session/session";
import { AttestationFields } from "../join/AttestationFields";
import { ConsentDialog } from "../join/ConsentDialog";
import { attestationOf, EMPTY, missingOf } from "../join/draft";
import { partWords } from "../join/JoinForm";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { words } from "./words";

/** The attestations that are still to give. What was given is never shown again. */
export function MissingDialog(props: {
  session: Session;
  asked: readonly AttestationPart[];
  /** Without it the consent text cannot be shown, and consent is not asked. */
  look: Look | null;
  onClose: () => void;
}) {
  const [asked] = useState(() =>
    props.asked.filter((part) => part !== "consent" || props.look !== null),
  );
  const [draft, setDraft] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [reading, setReading] = useState(false);
  const missing = missingOf(draft, asked);

  async function send() {
    setBusy(true);
    setFailed(false);
    try {
      await props.session.attest(attestationOf(draft, props.look?.consent_version ?? ""));
      if (missing.length === 0) announce(words.sent);
      props.onClose();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  }

  return (
    <Dialog title={words.giveTitle} onClose={props.onClose} class="give">
      <AttestationFields
        asked={asked}
        draft={draft}
        onChange={(part) => setDraft({ ...draft, ...part })}
        onRead={() => setReading(true)}
      />
      {failed && (
        <Banner tone="bad" announce="assertive">
          {words.failed}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button
          look="primary"
          busy={busy && words.sending}
          notYet={missing.length === asked.length && words.missing(missing.map(partWords))}
          onClick={() => void send()}
        >
          {words.send}
        </Button>
      </div>
      {reading && props.look && (
        <ConsentDialog paragraphs={props.look.consent_text} onClose={() => setReading(false)} />
      )}
    </Dialog>
  );
}
