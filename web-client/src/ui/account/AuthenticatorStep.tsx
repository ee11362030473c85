import { useState } from "preact/hooks";
import { ApiError } from "../../api";
import type { SetUpSecret } from "../../protocol";
import { confirmSetUp, grouped } from "../../record/setup";
import { errorWords } from "../errors";
import { minutesOf } from "../format";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { TextField } from "../kit/Field";
import { useFocus } from "../kit/useFocus";
import { isEnded } from "./errors";
import { words } from "./setup-words";

/** The secret as a picture and as text, then proof that the app has it. */
export function AuthenticatorStep(props: {
  token: string;
  secret: SetUpSecret;
  onConfirmed: (codes: string[]) => void;
  onEnded: (error: unknown) => void;
}) {
  const { token, secret } = props;
  const heading = useFocus<HTMLHeadingElement>();
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const digits = code.replace(/\s/gu, "");

  async function submit(event: Event) {
    event.preventDefault();
    if (busy) return;
    setError(null);
    const complete = /^\d{6}$/u.test(digits);
    setMissing(!complete);
    if (!complete) {
      const form = event.currentTarget as HTMLFormElement;
      setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    try {
      props.onConfirmed((await confirmSetUp(token, digits)).recovery_codes);
    } catch (refused) {
      if (isEnded(refused)) props.onEnded(refused);
      setError(confirmError(refused));
      setCode("");
      setBusy(false);
    }
  }

  return (
    <form class="account-form" onSubmit={submit} noValidate>
      <h2 tabIndex={-1} ref={heading}>
        {words.authenticator}
      </h2>
      <p>{words.authenticatorHint}</p>
      <img
        class="set-up-qr"
        src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`}
        alt={words.qr}
      />
      <div>
        <p class="small quiet">{words.typeInstead}</p>
        <p class="row between wrap">
          <span class="mono set-up-key">{grouped(secret.secret)}</span>
          <CopyButton size="sm" text={secret.secret} of={words.key} />
        </p>
      </div>
      <TextField
        label={words.code}
        hint={words.codeHint}
        value={code}
        onValue={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={8}
        required
        error={missing ? words.codeMissing : null}
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

function confirmError(refused: unknown): string {
  if (!(refused instanceof ApiError)) return errorWords(refused);
  if (refused.code === "wrong_credentials" || refused.code === "invalid") return words.codeWrong;
  if (refused.code === "slow_down") return words.slowDown(minutesOf(refused.retryAfter ?? 60));
  return errorWords(refused);
}
