import type { Page } from "playwright-core";
import type { Page as FirefoxPage } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { type Firefox, startFirefox } from "./harness/firefox";
import { examine } from "./harness/screen";
import { chatButton, lineOf, openChat, said, say, writeTo } from "./steps/chat";
import { joinInFirefox, press, write } from "./steps/firefox";
import { inCall, joinWithEverything } from "./steps/guest";
import { createAppointment, endForEveryone, enterCall, letIn, signIn } from "./steps/staff";

// A class with its host, two guests in Chromium and one in Firefox. Each test goes on where the one before ended.

let demo: Demo;
let chromium: Chromium;
let firefox: Firefox;
let host: Page;
let jordan: Page;
let sam: Page;
let robin: FirefoxPage;

beforeAll(async () => {
  demo = await startDemo();
  [chromium, firefox] = await Promise.all([startChromium(), startFirefox()]);
  host = await chromium.open("about:blank");
  await signIn(host, demo.signIn);
  const links = await createAppointment(host, ["Jordan", "Sam", "Robin"], "Group class");
  await enterCall(host, "Jordan");
  jordan = await chromium.open(links.get("Jordan") ?? "");
  await joinWithEverything(jordan, "Jordan");
  sam = await chromium.open(links.get("Sam") ?? "");
  await joinWithEverything(sam, "Sam");
  robin = await firefox.open(links.get("Robin") ?? "");
  await joinInFirefox(robin, "Robin");
  for (const name of ["Jordan", "Sam", "Robin"]) await letIn(host, name);
  await Promise.all([inCall(jordan), inCall(sam), robin.waitForSelector('[role="toolbar"]')]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  expect(await demo?.stop()).toBe(0);
});

test("what one writes, everyone reads; what was not looked at is counted", async () => {
  await openChat(jordan);
  await say(jordan, "Hello from Jordan");
  await lineOf(jordan, "Hello from Jordan");
  await chatButtonCounts(host, 1);
  await openChat(host);
  expect(await (await lineOf(host, "Hello from Jordan")).textContent()).toMatch(/^Jordan/);
  await chatButtonCounts(host, 0);

  const field = host.getByRole("textbox", { name: "Your message" });
  await field.pressSequentially("First line");
  await field.press("Shift+Enter");
  await field.pressSequentially("second line");
  await field.press("Enter");
  await lineOf(jordan, "second line");
  expect((await said(jordan)).at(-1)).toBe("First line\nsecond line");
  expect(await field.inputValue()).toBe("");
  await chatButtonCounts(sam, 2);

  await press(robin, '[role="toolbar"] button', "Chat");
  await robin.waitForFunction(() => document.querySelectorAll(".chat-text").length === 2);
  await write(robin, "Your message", "Hello from Firefox");
  await robin.keyboard.press("Enter");
  for (const page of [host, jordan]) await lineOf(page, "Hello from Firefox");
  expect(await said(host)).toEqual(await said(jordan));
});

test("a private text is read by those who lead, and by no other guest", async () => {
  await openChat(sam);
  await writeTo(jordan, /^Only /);
  await say(jordan, "Only for who leads");
  const [own, theirs] = await Promise.all(
    [jordan, host].map((page) => lineOf(page, "Only for who leads")),
  );
  expect(await own?.textContent()).toMatch(/^You.*Private/);
  expect(await theirs?.textContent()).toMatch(/^Jordan.*Private/);

  await writeTo(jordan, "Everyone");
  await say(jordan, "For all again");
  await lineOf(sam, "For all again");
  await robin.waitForFunction(() => document.body.textContent?.includes("For all again"));
  expect(await sam.content()).not.toContain("Only for who leads");
  expect(await robin.content()).not.toContain("Only for who leads");
});

test("markup is words, and a link is words until it was asked for and said where it leads", async () => {
  const markup = '<img src=x onerror="document.title=1"> <b>bold</b>';
  await say(sam, markup);
  await lineOf(host, markup);
  expect((await said(host)).at(-1)).toBe(markup);
  expect(await host.locator(".chat-text :is(img, b)").count()).toBe(0);

  await say(host, "Look at https://skills.example/today?x=1. And at javascript:alert(1)");
  await lineOf(sam, "skills.example");
  const log = sam.getByRole("log");
  expect(await log.getByRole("link").count()).toBe(0);
  await log.getByRole("button", { name: "https://skills.example/today?x=1", exact: true }).click();
  await log.getByText("This link goes to skills.example. It opens in a new tab.").waitFor();
  const link = log.getByRole("link", { name: "Open it" });
  expect(await link.getAttribute("href")).toBe("https://skills.example/today?x=1");

  // It says nothing to where it leads: neither where it comes from nor a window to reach back to.
  let referrer: string | undefined = "was not asked";
  await chromium.context.route("https://skills.example/**", (route) => {
    referrer = route.request().headers()["referer"];
    return route.fulfill({ contentType: "text/html", body: "<title>There</title>" });
  });
  const [there] = await Promise.all([chromium.context.waitForEvent("page"), link.click()]);
  await there.waitForLoadState();
  expect(there.url()).toBe("https://skills.example/today?x=1");
  expect(await there.evaluate(() => window.opener)).toBeNull();
  expect(referrer).toBeUndefined();
  await there.close();
  await log.getByRole("link").waitFor({ state: "detached" });
});

test("the host turns the chat off and on for the others, and goes on writing", async () => {
  for (const page of [host, jordan]) {
    if ((await page.getByRole("log").count()) === 0) await openChat(page);
  }
  const everyone = host.getByRole("switch", { name: "Everyone can write" });
  await everyone.click();
  await jordan.getByText("The chat is off. You can still read it.").waitFor();
  expect(await jordan.getByRole("textbox", { name: "Your message" }).count()).toBe(0);
  expect(await jordan.getByRole("switch").count()).toBe(0);
  await say(host, "Let us listen for a moment");
  await lineOf(jordan, "Let us listen for a moment");
  await everyone.click();
  await say(jordan, "Thank you");
  await lineOf(host, "Thank you");
});

test("works by keyboard and passes every check, beside the call and over it", async () => {
  await examine(host, "chat-host");
  await writeTo(jordan, /^Only /);
  await examine(jordan, "chat-guest");
  for (const page of [host, jordan]) {
    await page.getByRole("textbox", { name: "Your message" }).focus();
    await page.keyboard.press("Escape");
    await page.getByRole("log").waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Chat");
  }
  await endForEveryone(host);
});

async function chatButtonCounts(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => chatButton(page).textContent())
    .toBe(count === 0 ? "Chat" : `Chat${count}, ${count} new`);
}
