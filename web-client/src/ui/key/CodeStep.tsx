import { useState } from "preact/hooks";
import { me } from "../../account";
import { roomKeySaved } from "../../session/identity";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { printer } from "../kit/icons";
import { words } from "./words";

/** The code of the room key, until its owner says that it is saved; then nobody can show it again. */
export function CodeStep({ code, onDone }: { code: string; onDone: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  async function saved() {
    const staff = me.peek()?.staff;
    if (!staff) return;
    setBusy(true);
    setFailed(false);
    try {
      await roomKeySaved(staff);
      announce(words.savedAnnounced);
      onDone();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  }

  return (
    <div class="key-step">
      <p>{words.saveLead}</p>
      <p class="key-code mono">
        <span class="sr">{words.code}: </span>
        <span>{code}</span>
      </p>
      <div class="row wrap no-print">
        <CopyButton text={code} of={words.code}>
          {words.copy}
        </CopyButton>
        <Button icon={printer} onClick={() => print()}>
          {words.print}
        </Button>
      </div>
      {failed && (
        <Banner tone="bad" announce="assertive">
          {words.failed}
        </Banner>
      )}
      <div class="dialog-actions no-print">
        <Button onClick={onDone}>{words.later}</Button>
        <Button look="primary" busy={busy && words.saving} onClick={() => void saved()}>
          {words.saved}
        </Button>
      </div>
    </div>
  );
}
