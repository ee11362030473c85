import { expect, test, vi } from "vitest";
import { allowOwnScripts, ownScript } from "./trusted-types";

test("scripts of the build may be started, by path or in full", () => {
  vi.stubGlobal("location", new URL("https://clinic.test/join"));
  expect(ownScript("/assets/worker-1a.js")).toBe("/assets/worker-1a.js");
  expect(ownScript("https://clinic.test/assets/a.js")).toBe("https://clinic.test/assets/a.js");
});

test("nothing else may be", () => {
  vi.stubGlobal("location", new URL("https://clinic.test/join"));
  for (const url of [
    "https://elsewhere.test/assets/a.js",
    "//elsewhere.test/assets/a.js",
    "/api/v1/me",
    "/assets/../api/v1/me",
    "blob:https://clinic.test/assets/a",
    "data:text/javascript,1",
  ]) {
    expect(ownScript(url), url).toBeNull();
  }
});

test("the policy makes no markup and no code", () => {
  const createPolicy = vi.fn();
  vi.stubGlobal("trustedTypes", { createPolicy });
  allowOwnScripts();
  expect(createPolicy).toHaveBeenCalledExactlyOnceWith("default", { createScriptURL: ownScript });
});
