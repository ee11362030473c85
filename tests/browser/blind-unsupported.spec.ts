import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";

// A browser that cannot encrypt between people is told which can. There is no other way in.

let demo: Demo;
let chromium: Chromium;

beforeAll(async () => {
  demo = await startDemo();
  chromium = await startChromium();
});

afterAll(async () => {
  await chromium?.close();
  expect(await demo?.stop()).toBe(0);
});

const lacking: Record<string, () => void> = {
  "transforms of encoded frames": () => {
    Reflect.deleteProperty(window, "RTCRtpScriptTransform");
  },
  "the curves of the group's keys": () => {
    const generate = crypto.subtle.generateKey.bind(crypto.subtle) as SubtleCrypto["generateKey"];
    const without = async (algorithm: unknown, ...rest: unknown[]) => {
      if (algorithm === "Ed25519") throw new DOMException("none", "NotSupportedError");
      return (generate as (...all: unknown[]) => Promise<unknown>)(algorithm, ...rest);
    };
    Object.defineProperty(crypto.subtle, "generateKey", { value: without });
  },
};

test.for(Object.entries(lacking))(
  "without %s a link leads to a page that says what to do",
  async ([, lack]) => {
    const page = await chromium.open("about:blank");
    await page.addInitScript(lack);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    page.on("websocket", () => asked.push("a socket"));
    await page.goto(demo.joins[0] ?? "");
    await page
      .getByRole("heading", { level: 1, name: "This browser cannot make the call" })
      .waitFor();
    await page.getByText("Firefox 130", { exact: false }).waitFor();
    expect(await page.getByRole("button", { name: /waiting room/ }).count()).toBe(0);
    expect(asked.filter((path) => path.startsWith("/api") || path === "a socket")).toEqual([]);
  },
);
