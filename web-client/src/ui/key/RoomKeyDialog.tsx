import { useState } from "preact/hooks";
import { me } from "../../account";
import { roomKey, unlockRoomKey } from "../../session/identity";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { TextField } from "../kit/Field";
import { CodeStep } from "./CodeStep";
import { ReplaceStep } from "./ReplaceStep";
import { words } from "./words";
import "./key.css";

/**
 * The room key: its code while it is not saved, the way to bring it into this browser while it is not here,
 * and a new one. With `onReady` the dialog is only there to get the key.
 */
export function RoomKeyDialog(props: { onClose: () => void; onReady?: () => void }) {
  const { onClose, onReady } = props;
  const [replacing, setReplacing] = useState(false);
  const known = roomKey.value;
  if (replacing) {
    return (
      <Dialog title={words.replaceTitle} onClose={onClose} class="key-dialog" key="replace">
        <ReplaceStep
          lost={known.is === "locked"}
          onBack={() => setReplacing(false)}
          onDone={() => {
            setReplacing(false);
            onReady?.();
          }}
        />
      </Dialog>
    );
  }
  switch (known.is) {
    case "unknown":
      return (
        <Dialog title={words.aboutTitle} onClose={onClose} class="key-dialog" key="about">
          <p>{words.aboutLead}</p>
          <p class="small quiet" role="status">
            {words.unknown}
          </p>
        </Dialog>
      );
    case "locked":
      return (
        <Dialog title={words.enterTitle} onClose={onClose} class="key-dialog" key="enter">
          <EnterStep onLost={() => setReplacing(true)} onDone={onReady ?? onClose} />
        </Dialog>
      );
    case "ready":
      if (known.code !== null) {
        return (
          <Dialog title={words.saveTitle} onClose={onClose} class="key-dialog" key="save">
            <CodeStep code={known.code} onDone={onClose} />
          </Dialog>
        );
      }
      return (
        <Dialog title={words.aboutTitle} onClose={onClose} class="key-dialog" key="about">
          <p>{words.aboutLead}</p>
          <p class="small quiet">{words.aboutSaved}</p>
          <div class="dialog-actions">
            <Button onClick={() => setReplacing(true)}>{words.makeNew}</Button>
          </div>
        </Dialog>
      );
  }
}

function EnterStep(props: { onLost: () => void; onDone: () => void }) {
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    const staff = me.peek()?.staff;
    if (busy || !staff) return;
    setFailed(false);
    setWrong(code.trim() === "" ? words.codeMissing : null);
    if (code.trim() === "") return;
    setBusy(true);
    try {
      if (await unlockRoomKey(staff, code)) {
        announce(words.opened);
        props.onDone();
        return;
      }
      setWrong(words.codeWrong);
    } catch {
      setFailed(true);
    }
    setBusy(false);
  }

  return (
    <form class="key-step" noValidate onSubmit={submit}>
      <p>{words.enterLead}</p>
      <TextField
        label={words.code}
        hint={words.enterHint}
        error={wrong}
        value={code}
        onValue={setCode}
        autoComplete="off"
        autoCapitalize="none"
        maxLength={80}
        data-focus
      />
      {failed && (
        <Banner tone="bad" announce="assertive">
          {words.failed}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button onClick={props.onLost}>{words.lost}</Button>
        <Button type="submit" look="primary" busy={busy && words.opening}>
          {words.open}
        </Button>
      </div>
    </form>
  );
}
