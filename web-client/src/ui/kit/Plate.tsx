import type { ComponentChildren } from "preact";
import { Icon } from "./Icon";
import type { IconData } from "./icons";

/** A label on video: always on a solid plate. */
export function Plate({
  icon,
  class: extra,
  children,
}: {
  icon?: IconData;
  class?: string;
  children: ComponentChildren;
}) {
  return (
    <span class={["plate", extra].filter(Boolean).join(" ")}>
      {icon && <Icon of={icon} />}
      {children}
    </span>
  );
}
