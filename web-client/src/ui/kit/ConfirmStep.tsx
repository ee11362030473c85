import { useState } from "preact/hooks";
import { errorWords } from "../errors";
import { Banner } from "./Banner";
import { Button } from "./Button";
import { useFocus } from "./useFocus";

/** The last question inside a dialog before something that is hard to undo; the way back has the focus. */
export function ConfirmStep(props: {
  lead: string;
  act: () => Promise<void>;
  action: string;
  busy: string;
  keep: string;
  danger?: boolean;
  onKeep: () => void;
}) {
  const safe = useFocus<HTMLButtonElement>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function confirm() {
    setBusy(true);
    setError(null);
    try {
      await props.act();
    } catch (refused) {
      setError(errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <>
      <p>{props.lead}</p>
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button buttonRef={safe} onClick={props.onKeep}>
          {props.keep}
        </Button>
        <Button
          look={props.danger ? "danger" : "primary"}
          busy={busy && props.busy}
          onClick={confirm}
        >
          {props.action}
        </Button>
      </div>
    </>
  );
}
