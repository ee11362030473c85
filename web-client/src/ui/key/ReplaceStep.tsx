import { useState } from "preact/hooks";
import { me } from "../../account";
import { ApiError } from "../../api";
import { replaceRoomKey } from "../../session/identity";
import { errorWords } from "../errors";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { useFocus } from "../kit/useFocus";
import { words } from "./words";

/** The question before a new room key; the way back has the focus. */
export function ReplaceStep(props: {
  /** The code of the present key is lost. */
  lost: boolean;
  onBack: () => void;
  onDone: () => void;
}) {
  const safe = useFocus<HTMLButtonElement>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function replace() {
    const staff = me.peek()?.staff;
    if (!staff) return;
    setBusy(true);
    setError(null);
    try {
      await replaceRoomKey(staff);
      announce(words.replaced);
      props.onDone();
    } catch (refused) {
      const offline = refused instanceof ApiError && refused.code === "offline";
      setError(offline ? errorWords(refused) : words.failed);
      setBusy(false);
    }
  }

  return (
    <div class="key-step">
      {props.lost && <p>{words.replaceLost}</p>}
      <p>{words.replaceLead}</p>
      <p>{words.replaceWhen}</p>
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button buttonRef={safe} onClick={props.onBack}>
          {props.lost ? words.back : words.keep}
        </Button>
        <Button look="danger" busy={busy && words.replacing} onClick={() => void replace()}>
          {words.replace}
        </Button>
      </div>
    </div>
  );
}
