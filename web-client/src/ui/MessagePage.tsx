import type { ComponentChildren } from "preact";
import { GuestFrame } from "./GuestFrame";
import { Button, ButtonLink } from "./kit/Button";
import { usePage } from "./usePage";
import { common } from "./words";

/** A page that says one thing and the way on, under the closed door. */
export function MessagePage(props: { title: string; lead: string; children?: ComponentChildren }) {
  usePage(props.title);
  return (
    <GuestFrame>
      <main class="message" id="main" tabIndex={-1}>
        <Door />
        <h1 tabIndex={-1}>{props.title}</h1>
        <p class="lead">{props.lead}</p>
        {props.children && <div class="message-actions">{props.children}</div>}
      </main>
    </GuestFrame>
  );
}

export function NotFoundPage() {
  return (
    <MessagePage title={common.notFoundTitle} lead={common.notFoundLead}>
      <ButtonLink look="primary" size="big" block href="/">
        {common.toStart}
      </ButtonLink>
    </MessagePage>
  );
}

export function FaultPage() {
  return (
    <MessagePage title={common.faultTitle} lead={common.faultLead}>
      <Button look="primary" size="big" block onClick={() => location.reload()}>
        {common.reload}
      </Button>
    </MessagePage>
  );
}

function Door() {
  return (
    <svg class="door" viewBox="0 0 120 132" aria-hidden="true">
      <path d="M10 130V60a50 50 0 0 1 100 0v70" class="door-frame" />
      <path d="M26 130V60a34 34 0 0 1 68 0v70z" class="door-leaf" />
      <circle cx="82" cy="88" r="4.500" class="door-knob" />
    </svg>
  );
}
