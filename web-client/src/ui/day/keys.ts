import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const STORED = "quietroom-day-keys";

/** Do single keys act on the day page? (WCAG 2.1.4.) */
export const keysOn = signal(localStorage.getItem(STORED) !== "off");

export function switchKeys(on: boolean): void {
  keysOn.value = on;
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** Runs the action of a key pressed alone, outside fields and dialogs. */
export function useSingleKeys(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!keysOn.value || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const target = event.target as Element | null;
      if (target?.closest("input, select, textarea, dialog, [contenteditable]")) return;
      const action = actions[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}
