import { signal } from "@preact/signals";

/** Every page there is, by its path. */
export type Route =
  | { page: "day" }
  | { page: "signIn" }
  | { page: "setUp" }
  | { page: "join" }
  | { page: "session"; session: string }
  | { page: "create" }
  | { page: "notes" }
  | { page: "note"; note: string }
  | { page: "staff" }
  | { page: "unknown" };

/** The page for a path. Never looks at the fragment: it may hold a secret. */
export function parseRoute(path: string): Route {
  const [first = "", second, ...more] = path.split("/").filter(Boolean);
  if (more.length > 0) return { page: "unknown" };
  if (second !== undefined) {
    if (first === "session") return { page: "session", session: second };
    if (first === "notes") return { page: "note", note: second };
    return { page: "unknown" };
  }
  return (Object.hasOwn(SINGLE, first) ? SINGLE[first] : undefined) ?? { page: "unknown" };
}

const SINGLE: Readonly<Record<string, Route | undefined>> = {
  "": { page: "day" },
  "sign-in": { page: "signIn" },
  setup: { page: "setUp" },
  join: { page: "join" },
  new: { page: "create" },
  notes: { page: "notes" },
  staff: { page: "staff" },
};

/** Where the tab is. */
export const route = signal<Route>(parseRoute(location.pathname));

/**
 * Rises when another link is opened on a page of accounts that takes a secret: browsers change only the
 * fragment then, and the page has to begin anew. The page of join links looks after itself.
 */
export const visit = signal(0);

const TAKES_SECRET: readonly Route["page"][] = ["signIn", "setUp"];

/**
 * Asked before the page changes, while something is at stake there. When it says no it may call `proceed`
 * later, after the person has decided.
 */
export type LeaveGuard = (proceed: () => void) => boolean;
export const leaveGuard = signal<LeaveGuard | null>(null);

/** Goes to a path of ours. */
export function go(path: string, options: { replace?: boolean } = {}): void {
  const proceed = () => {
    if (options.replace) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    arrive();
    scrollTo(0, 0);
  };
  if (mayLeave(proceed)) proceed();
}

/** Asks the guard. When it says no, `proceed` is called later if the person decides to leave. */
export function mayLeave(proceed: () => void): boolean {
  const guard = leaveGuard.peek();
  if (!guard) return true;
  return guard(() => {
    leaveGuard.value = null;
    proceed();
  });
}

/** Takes the secret out of the address bar and the history, once; "" when there is none. */
export function takeFragment(): string {
  const fragment = location.hash.slice(1);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return fragment;
}

/** Follows links and the browser's buttons. Called once at start. */
export function followLinks(): void {
  addEventListener("popstate", goBack);
  addEventListener("hashchange", () => {
    const link = location.hash !== "" && document.getElementById(location.hash.slice(1)) === null;
    if (link && TAKES_SECRET.includes(route.peek().page)) visit.value += 1;
  });
  addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey
    )
      return;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin)
      return;
    const samePage = link.pathname === location.pathname && link.hash !== "";
    if (samePage || link.hasAttribute("download")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** The browser has already changed the address; a guard that says no gets it back. */
function goBack(): void {
  const asked = location.pathname;
  if (asked === path) return;
  if (mayLeave(() => go(asked))) arrive();
  else history.pushState(null, "", path);
}

let path = location.pathname;

function arrive(): void {
  path = location.pathname;
  const next = parseRoute(path);
  if (JSON.stringify(next) !== JSON.stringify(route.peek())) route.value = next;
}
