import { useEffect, useState } from "preact/hooks";
import type { SetUpSecret, SetUpWho } from "../../protocol";
import { lookSetUp } from "../../record/setup";
import { takeFragment } from "../../route";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button, ButtonLink } from "../kit/Button";
import { MessagePage } from "../MessagePage";
import { usePage } from "../usePage";
import { common } from "../words";
import { AccountFrame } from "./AccountFrame";
import { AuthenticatorStep } from "./AuthenticatorStep";
import { isEnded } from "./errors";
import { PasswordStep } from "./PasswordStep";
import { RecoveryStep } from "./RecoveryStep";
import { words } from "./setup-words";

/** A new member of staff sets up the account: password, authenticator, recovery codes. */
export default function SetUpPage() {
  const [token] = useState(takeFragment);
  const [who, setWho] = useState<SetUpWho | null>(null);
  const [secret, setSecret] = useState<SetUpSecret | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = () => {
    setError(null);
    if (!token) return;
    lookSetUp(token).then(setWho, setError);
  };
  useEffect(look, [token]);

  if (!token) return <LinkGonePage title={words.againTitle} lead={words.againLead} />;
  if (isEnded(error)) return <LinkGonePage title={words.endedTitle} lead={words.endedLead} />;
  const step = codes ? 3 : secret ? 2 : 1;
  return (
    <AccountFrame>
      <SetUpHeading who={who} step={step} />
      {error !== null && (
        <>
          <Banner tone="bad" announce="assertive">
            {errorWords(error)}
          </Banner>
          <Button onClick={look}>{common.tryAgain}</Button>
        </>
      )}
      {who && step === 1 && (
        <PasswordStep
          token={token}
          username={who.username}
          onChosen={setSecret}
          onEnded={setError}
        />
      )}
      {who && secret && step === 2 && (
        <AuthenticatorStep
          token={token}
          secret={secret}
          onConfirmed={setCodes}
          onEnded={setError}
        />
      )}
      {codes && <RecoveryStep codes={codes} />}
    </AccountFrame>
  );
}

function SetUpHeading({ who, step }: { who: SetUpWho | null; step: number }) {
  usePage(words.title);
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p class="muted">{who ? words.hello(who.name, who.username) : words.looking}</p>
      {who && <p class="small quiet set-up-step">{words.step(step)}</p>}
    </>
  );
}

function LinkGonePage({ title, lead }: { title: string; lead: string }) {
  return (
    <MessagePage title={title} lead={lead}>
      <ButtonLink size="big" block href="/sign-in">
        {words.toSignIn}
      </ButtonLink>
    </MessagePage>
  );
}
