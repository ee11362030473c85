import { useEffect } from "preact/hooks";
import type { ConnectionState } from "../../connection/connection";
import { announce } from "../kit/announce";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import { refreshCw, wifiOff } from "../kit/icons";
import { words } from "./words";

const PIPS = 5;

/** The connection is being brought back: nothing is asked of the person. */
export function Reconnecting(props: {
  state: Extract<ConnectionState, { is: "lost" }>;
  /** Who waits meanwhile, "" when that is nobody. */
  waits: string;
  onTryNow: () => void;
}) {
  const { attempt, draining } = props.state;
  const attemptWords = attempt <= PIPS ? words.tryOf(attempt) : words.tryMore(attempt);
  useEffect(() => announce(`${words.backTitle}. ${attemptWords}`), [attemptWords]);
  useEffect(() => () => announce(words.youAreBack), []);
  return (
    <section class="rc card" aria-labelledby="rc-title">
      <div class="ring" aria-hidden="true">
        <Icon of={wifiOff} size="l" />
      </div>
      <h2 id="rc-title">{words.backTitle}</h2>
      <p class="muted">{draining ? words.drainLead : words.backLead}</p>
      <p class="try">
        <span class="pips" aria-hidden="true">
          {Array.from({ length: PIPS }, (_, pip) => (
            <i key={pip} class={pip < attempt ? "on" : undefined} />
          ))}
        </span>
        {attemptWords}
      </p>
      {props.waits && !draining && <p class="notice ok">{words.willWait(props.waits)}</p>}
      <div class="alt">
        <Button icon={refreshCw} onClick={props.onTryNow}>
          {words.tryNow}
        </Button>
      </div>
    </section>
  );
}
