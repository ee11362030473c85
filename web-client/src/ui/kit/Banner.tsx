import type { ComponentChildren } from "preact";
import { Icon } from "./Icon";
import { check, circleAlert, type IconData, info } from "./icons";

type Tone = "plain" | "ok" | "wait" | "bad";

const ICONS: Record<Tone, IconData> = { plain: info, ok: check, wait: info, bad: circleAlert };

/**
 * A sentence or two that the screen must not hide. `announce` reads it out when it appears: `polite`
 * waits for a pause, `assertive` is for what went wrong after an action.
 */
export function Banner(props: {
  tone?: Tone;
  announce?: "polite" | "assertive" | undefined;
  children: ComponentChildren;
  action?: ComponentChildren;
}) {
  const tone = props.tone ?? "plain";
  const role =
    props.announce === "assertive" ? "alert" : props.announce === "polite" ? "status" : undefined;
  return (
    <div class={tone === "plain" ? "notice" : `notice ${tone}`} role={role}>
      <Icon of={ICONS[tone]} />
      <div class="grow">{props.children}</div>
      {props.action}
    </div>
  );
}
