import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { followLinks, go, leaveGuard, parseRoute, route, takeFragment, visit } from "./route";

beforeAll(followLinks);
afterEach(() => {
  leaveGuard.value = null;
  history.replaceState(null, "", "/");
});

test("knows every page by its path", () => {
  expect(parseRoute("/")).toEqual({ page: "day" });
  expect(parseRoute("/sign-in")).toEqual({ page: "signIn" });
  expect(parseRoute("/setup")).toEqual({ page: "setUp" });
  expect(parseRoute("/join")).toEqual({ page: "join" });
  expect(parseRoute("/session/7f")).toEqual({ page: "session", session: "7f" });
  expect(parseRoute("/new")).toEqual({ page: "create" });
  expect(parseRoute("/notes/")).toEqual({ page: "notes" });
  expect(parseRoute("/notes/9a")).toEqual({ page: "note", note: "9a" });
  expect(parseRoute("/staff")).toEqual({ page: "staff" });
});

test("knows no page for anything else", () => {
  for (const path of ["/session", "/new/1", "/notes/1/2", "/constructor", "/join/x"]) {
    expect(parseRoute(path)).toEqual({ page: "unknown" });
  }
});

test("takes a secret out of the address once", () => {
  history.replaceState(null, "", "/join#secret");
  expect(takeFragment()).toBe("secret");
  expect(location.href).not.toContain("secret");
  expect(takeFragment()).toBe("");
});

test("stays on a page whose guard says no, and goes on when the person has decided", () => {
  go("/notes");
  let proceed = () => {};
  leaveGuard.value = (later) => {
    proceed = later;
    return false;
  };
  go("/staff");
  expect(route.value).toEqual({ page: "notes" });
  proceed();
  expect(route.value).toEqual({ page: "staff" });
  expect(leaveGuard.value).toBeNull();
});

test("the browser's back button asks the guard too; a jump within the page does not", () => {
  go("/notes");
  const guard = vi.fn(() => false);
  leaveGuard.value = guard;
  location.hash = "main";
  dispatchEvent(new PopStateEvent("popstate"));
  expect(guard).not.toHaveBeenCalled();
  history.replaceState(null, "", "/");
  dispatchEvent(new PopStateEvent("popstate"));
  expect(guard).toHaveBeenCalledOnce();
  expect(location.pathname).toBe("/notes");
  expect(route.value).toEqual({ page: "notes" });
});

test("another link on a page that takes a secret begins the page anew", () => {
  const before = visit.value;
  go("/sign-in");
  location.hash = "second-secret";
  dispatchEvent(new HashChangeEvent("hashchange"));
  expect(visit.value).toBeGreaterThan(before);
  const after = visit.value;
  document.body.innerHTML = '<main id="main"></main>';
  location.hash = "main";
  dispatchEvent(new HashChangeEvent("hashchange"));
  expect(visit.value).toBe(after);
});
