import { useEffect, useState } from "preact/hooks";
import { lapsed, loadAccount, me, signIn, signInByLink } from "../../account";
import { go, route, takeFragment } from "../../route";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { TextField } from "../kit/Field";
import { Icon } from "../kit/Icon";
import { chevronRight, lifeBuoy } from "../kit/icons";
import { usePage } from "../usePage";
import { AccountFrame } from "./AccountFrame";
import { signInError } from "./errors";
import { words } from "./words";

/** User name, password and code; or, in a demonstration, the one-time link. Shown in place of any staff page. */
export default function SignInPage() {
  usePage(words.title);
  const [token] = useState(takeFragment);
  const [linkEnded, setLinkEnded] = useState(false);
  useEffect(() => {
    if (token) void signInByLink(token).then(enter, () => setLinkEnded(true));
    else if (me.peek() === undefined) void loadAccount().then(enter);
    else enter();
  }, [token]);
  const byLink = token !== "" && !linkEnded;
  return (
    <AccountFrame>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="muted" role={byLink ? "status" : undefined}>
        {byLink ? words.linkOpening : words.lead}
      </p>
      {linkEnded && (
        <Banner tone="bad" announce="assertive">
          {words.linkUsed}
        </Banner>
      )}
      {lapsed.value && <Banner announce="polite">{words.lapsed}</Banner>}
      {!byLink && <SignInForm />}
    </AccountFrame>
  );
}

function SignInForm() {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(false);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: Event) {
    event.preventDefault();
    if (busy) return;
    setError(null);
    const complete = username.trim() && password && code.trim();
    setMissing(!complete);
    if (!complete) {
      // The fields say themselves what is missing once they are drawn anew.
      const form = event.currentTarget as HTMLFormElement;
      setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    setBusy(true);
    try {
      await signIn({ username: username.trim(), password, code: code.replace(/\s/gu, "") });
      enter();
    } catch (refused) {
      setError(signInError(refused));
      setCode("");
      setBusy(false);
    }
  }

  return (
    <>
      <form class="account-form" onSubmit={submit} noValidate>
        <TextField
          label={words.username}
          value={username}
          onValue={setUsername}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          maxLength={64}
          required
          error={missing && !username.trim() ? words.usernameMissing : null}
        />
        <TextField
          label={words.password}
          type="password"
          value={password}
          onValue={setPassword}
          name="password"
          autoComplete="current-password"
          maxLength={128}
          required
          error={missing && !password ? words.passwordMissing : null}
        />
        <TextField
          label={recovery ? words.recoveryCode : words.code}
          hint={recovery ? words.recoveryHint : words.codeHint}
          value={code}
          onValue={setCode}
          name="code"
          autoComplete="one-time-code"
          inputMode={recovery ? "text" : "numeric"}
          autoCapitalize="none"
          maxLength={40}
          required
          error={
            missing && !code.trim() ? (recovery ? words.recoveryMissing : words.codeMissing) : null
          }
        />
        {error && (
          <Banner tone="bad" announce="assertive">
            {error}
          </Banner>
        )}
        <Button type="submit" look="primary" size="big" block busy={busy && words.submitting}>
          {words.submit}
        </Button>
      </form>
      <div class="account-other">
        <button
          type="button"
          onClick={() => {
            setRecovery(!recovery);
            setCode("");
          }}
        >
          <Icon of={lifeBuoy} />
          <span>{recovery ? words.useCode : words.useRecovery}</span>
          <Icon of={chevronRight} />
        </button>
      </div>
    </>
  );
}

/** On its own address the page makes way for the first one; elsewhere the page that was asked for appears by itself. */
function enter(): void {
  if (me.value && route.value.page === "signIn") go("/", { replace: true });
}
