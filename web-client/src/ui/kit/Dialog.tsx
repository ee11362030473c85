import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { common } from "../words";
import { IconButton } from "./Button";
import { x } from "./icons";

/**
 * A modal dialog; a sheet from below on phones. While it is mounted it is open.
 *
 * The browser keeps the focus inside, closes it on Esc and gives the focus back to the opener. Focus starts
 * at the element marked `data-focus` (the first safe action), else at the close button.
 */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string | undefined;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    const opener = document.activeElement;
    element.showModal();
    element.querySelector<HTMLElement>("[data-focus]")?.focus();
    return () => {
      element.close();
      const back =
        opener instanceof HTMLElement && opener.isConnected ? opener : document.querySelector("h1");
      back?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={["dialog", props.class].filter(Boolean).join(" ")}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={title}>{props.title}</h2>
        <IconButton label={common.close} icon={x} onClick={props.onClose} />
      </div>
      {props.children}
    </dialog>
  );
}
