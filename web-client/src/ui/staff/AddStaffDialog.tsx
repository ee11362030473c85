import { useState } from "preact/hooks";
import { ApiError } from "../../api";
import type { SetUpLink, StaffRole } from "../../protocol";
import { createStaff, isUsername } from "../../record/staff";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Choice, TextField } from "../kit/Field";
import { useFocus } from "../kit/useFocus";
import { common } from "../words";
import { staffRoleWords } from "../words/clinic";
import { words } from "./words";

const ROLES: readonly StaffRole[] = ["clinician", "administrator", "auditor"];

/** A new account; answered by its set-up link. */
export function AddStaffDialog(props: {
  onClose: () => void;
  onCreated: (name: string, link: SetUpLink) => void;
}) {
  const first = useFocus<HTMLInputElement>();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<StaffRole>("clinician");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: Event) {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    setError(null);
    if (!name.trim() || !isUsername(username)) {
      const form = event.currentTarget as HTMLFormElement;
      setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    try {
      props.onCreated(name.trim(), await createStaff({ name: name.trim(), username, role }));
    } catch (refused) {
      const taken = refused instanceof ApiError && refused.code === "conflict";
      setError(taken ? words.taken : errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <Dialog title={words.addTitle} onClose={props.onClose}>
      <form class="add-staff" onSubmit={submit} noValidate>
        <TextField
          label={words.name}
          hint={words.nameHint}
          value={name}
          onValue={setName}
          maxLength={100}
          autoComplete="off"
          required
          inputRef={first}
          error={tried && !name.trim() ? words.nameMissing : null}
        />
        <TextField
          label={words.username}
          hint={words.usernameHint}
          value={username}
          onValue={setUsername}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          required
          error={tried && !isUsername(username) ? words.usernameWrong : null}
        />
        <Choice
          legend={words.role}
          class="square"
          value={role}
          options={ROLES.map((value) => ({ value, label: staffRoleWords[value] }))}
          onValue={setRole}
        />
        {error && (
          <Banner tone="bad" announce="assertive">
            {error}
          </Banner>
        )}
        <div class="dialog-actions">
          <Button onClick={props.onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy && words.creating}>
            {words.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
