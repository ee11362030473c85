import { signal } from "@preact/signals";
import type { LocalMedia } from "../../media/local";

const STORED = "quietroom-call-keys";

/** Whether single keys work; they can be turned off (WCAG 2.1.4). */
export const callKeys = signal(localStorage.getItem(STORED) !== "off");

export function setCallKeys(on: boolean): void {
  callKeys.value = on;
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** Follows M and V until the returned function is called. */
export function followKeys(local: LocalMedia): () => void {
  const press = (event: KeyboardEvent): void => {
    if (!callKeys.peek() || event.repeat || !isBare(event) || isTyping(event.target)) return;
    if (event.key.toLowerCase() === "m") {
      void local.setMicrophone(!local.state.peek().microphone);
    } else if (event.key.toLowerCase() === "v") {
      void local.setCamera(!local.state.peek().camera);
    } else {
      return;
    }
    event.preventDefault();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

function isBare({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return !ctrlKey && !altKey && !metaKey;
}

/** Letters typed into a field, a list or a dialog are meant for it. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, dialog") !== null;
}
