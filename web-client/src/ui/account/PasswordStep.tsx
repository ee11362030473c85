import { useState } from "preact/hooks";
import type { SetUpSecret } from "../../protocol";
import { choosePassword, LONGEST_PASSWORD, passwordProblem } from "../../record/setup";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { TextField } from "../kit/Field";
import { useFocus } from "../kit/useFocus";
import { isEnded } from "./errors";
import { words } from "./setup-words";

export function PasswordStep(props: {
  token: string;
  username: string;
  onChosen: (secret: SetUpSecret) => void;
  onEnded: (error: unknown) => void;
}) {
  const { token, username } = props;
  const heading = useFocus<HTMLHeadingElement>();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const problem = passwordProblem(password, username);

  async function submit(event: Event) {
    event.preventDefault();
    if (busy) return;
    setTried(true);
    setError(null);
    if (problem || password !== again) {
      const form = event.currentTarget as HTMLFormElement;
      setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    try {
      props.onChosen(await choosePassword(token, password));
    } catch (refused) {
      if (isEnded(refused)) props.onEnded(refused);
      setError(errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <form class="account-form" onSubmit={submit} noValidate>
      <h2 tabIndex={-1} ref={heading}>
        {words.password}
      </h2>
      {/* Password managers store the password under this name. */}
      <input
        class="sr"
        type="text"
        name="username"
        autoComplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <TextField
        label={words.password}
        hint={words.passwordHint}
        type="password"
        value={password}
        onValue={setPassword}
        name="new-password"
        autoComplete="new-password"
        maxLength={LONGEST_PASSWORD * 2}
        required
        error={tried && problem ? words[problem] : null}
      />
      <TextField
        label={words.again}
        type="password"
        value={again}
        onValue={setAgain}
        autoComplete="new-password"
        maxLength={LONGEST_PASSWORD * 2}
        required
        error={tried && !problem && password !== again ? words.different : null}
      />
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <Button type="submit" look="primary" size="big" block busy={busy && words.checking}>
        {words.next}
      </Button>
    </form>
  );
}
