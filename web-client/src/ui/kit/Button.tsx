import type { ButtonHTMLAttributes, ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./Icon";
import { type IconData, loader } from "./icons";

export type ButtonLook = "primary" | "danger" | "soft" | "plain" | "lamp";

interface Look {
  look?: ButtonLook | undefined;
  size?: "sm" | "big" | undefined;
  /** As wide as its container. */
  block?: boolean | undefined;
  icon?: IconData | undefined;
  class?: string | undefined;
  children?: ComponentChildren;
}

interface ButtonProps
  extends Look,
    Omit<ButtonHTMLAttributes, "size" | "icon" | "class" | "disabled"> {
  /** Words to show while the action runs; the button then ignores presses. */
  busy?: string | false | undefined;
  /** Why it cannot be pressed yet. It stays focusable and says so. */
  notYet?: string | false | undefined;
  buttonRef?: Ref<HTMLButtonElement> | undefined;
}

export function Button(props: ButtonProps) {
  const {
    look,
    size,
    block,
    icon,
    class: extra,
    children,
    busy,
    notYet,
    buttonRef,
    onClick,
    type,
    ...rest
  } = props;
  const why = useId();
  return (
    <button
      {...rest}
      ref={buttonRef ?? null}
      type={type ?? "button"}
      class={buttonClass({ look, size, block, class: extra })}
      aria-busy={busy ? true : undefined}
      aria-disabled={busy || notYet ? true : undefined}
      aria-describedby={notYet ? why : rest["aria-describedby"]}
      onClick={(event) => {
        if (busy || notYet) {
          event.preventDefault();
          return;
        }
        onClick?.(event);
      }}
    >
      {busy ? <Icon of={loader} /> : icon && <Icon of={icon} />}
      {busy || children}
      {notYet && (
        <span class="sr" id={why}>
          {notYet}
        </span>
      )}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere, a `Button` does something. */
export function ButtonLink(props: Look & { href: string; "aria-keyshortcuts"?: string }) {
  const { look, size, block, icon, class: extra, children, ...rest } = props;
  return (
    <a {...rest} class={buttonClass({ look, size, block, class: extra })}>
      {icon && <Icon of={icon} />}
      {children}
    </a>
  );
}

/** A button that shows an icon only; `label` is its name. */
export function IconButton({
  label,
  icon,
  onClick,
}: {
  label: string;
  icon: IconData;
  onClick: () => void;
}) {
  return (
    <button type="button" class="icon-btn" aria-label={label} onClick={onClick}>
      <Icon of={icon} />
    </button>
  );
}

function buttonClass({ look, size, block, class: extra }: Omit<Look, "icon" | "children">): string {
  return ["btn", look, size, block && "block", extra].filter(Boolean).join(" ");
}
