import type { ComponentChildren } from "preact";
import { Icon } from "./Icon";
import type { IconData } from "./icons";

/** A short state in words; the color repeats it and never stands alone. */
export function Chip(props: {
  tone?: "ok" | "wait" | "whisper" | "bad" | "line" | undefined;
  icon?: IconData | undefined;
  dot?: boolean | undefined;
  children: ComponentChildren;
}) {
  return (
    <span class={["chip", props.tone].filter(Boolean).join(" ")}>
      {props.icon && <Icon of={props.icon} size="s" />}
      {props.dot && <span class="dot" />}
      {props.children}
    </span>
  );
}
