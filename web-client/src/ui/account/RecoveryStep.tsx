import { useState } from "preact/hooks";
import { go } from "../../route";
import { Button } from "../kit/Button";
import { CopyButton } from "../kit/CopyButton";
import { Check } from "../kit/Field";
import { printer } from "../kit/icons";
import { useFocus } from "../kit/useFocus";
import { words } from "./setup-words";

/** The recovery codes, shown this once. */
export function RecoveryStep({ codes }: { codes: readonly string[] }) {
  const heading = useFocus<HTMLHeadingElement>();
  const [kept, setKept] = useState(false);
  const [tried, setTried] = useState(false);
  return (
    <form
      class="account-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (kept) go("/sign-in", { replace: true });
      }}
    >
      <h2 tabIndex={-1} ref={heading}>
        {words.recovery}
      </h2>
      <p>{words.recoveryHint}</p>
      <ul class="recovery-codes mono" aria-label={words.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="row wrap no-print">
        <CopyButton text={codes.join("\n")} of={words.codes}>
          {words.copyCodes}
        </CopyButton>
        <Button icon={printer} onClick={() => print()}>
          {words.print}
        </Button>
      </div>
      <div class="no-print">
        <Check checked={kept} onChange={setKept} error={tried && !kept ? words.keptMissing : null}>
          {words.kept}
        </Check>
      </div>
      <Button class="no-print" type="submit" look="primary" size="big" block>
        {words.finish}
      </Button>
    </form>
  );
}
