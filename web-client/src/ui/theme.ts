import { effect, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const STORED = "quietroom-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const chosen = signal<Theme | null>(storedTheme());
const systemTheme = signal<Theme>(system.matches ? "dark" : "light");

/** The theme in force: what the person chose on this device, else the system's. */
export function theme(): Theme {
  return chosen.value ?? systemTheme.value;
}

/** Chooses a theme and remembers it; choosing the system's own goes back to following the system. */
export function chooseTheme(next: Theme): void {
  chosen.value = next === systemTheme.value ? null : next;
  if (chosen.value) localStorage.setItem(STORED, chosen.value);
  else localStorage.removeItem(STORED);
}

/** Keeps the document in step with the choice. Called once at start. */
export function followTheme(): void {
  system.addEventListener("change", () => {
    systemTheme.value = system.matches ? "dark" : "light";
  });
  effect(() => {
    const root = document.documentElement;
    if (chosen.value) root.dataset["theme"] = chosen.value;
    else delete root.dataset["theme"];
  });
}

function storedTheme(): Theme | null {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : null;
}
