import type { ElementHandle, Page as FirefoxPage } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { type Firefox, startFirefox } from "./harness/firefox";
import { alive, flowing } from "./harness/rtc";
import { cameraAndSoundOn, inCall, joinWithEverything } from "./steps/guest";
import { createAppointment, endForEveryone, enterCall, letIn, signIn } from "./steps/staff";

let demo: Demo;
let chromium: Chromium;
let firefox: Firefox;

beforeAll(async () => {
  demo = await startDemo();
  [chromium, firefox] = await Promise.all([startChromium(), startFirefox()]);
});

afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  expect(await demo?.stop()).toBe(0);
});

test("three people in Chromium and Firefox see and hear each other", async () => {
  const clinician = await chromium.open("about:blank");
  await signIn(clinician, demo.signIn);
  const links = await createAppointment(clinician, ["Jordan", "Sam"], "Group class");
  await enterCall(clinician, "Jordan");

  const jordan = await chromium.open(links.get("Jordan") ?? "");
  await cameraAndSoundOn(jordan);
  await joinWithEverything(jordan, "Jordan");
  const sam = await firefox.open(links.get("Sam") ?? "");
  await joinInFirefox(sam, "Sam");

  await letIn(clinician, "Jordan");
  await letIn(clinician, "Sam");
  await inCall(jordan);
  await sam.waitForSelector('[role="toolbar"]');

  for (const [page, who] of [
    [clinician, "the clinician"],
    [jordan, "Jordan"],
    [sam, "Sam in Firefox"],
  ] as const) {
    await flowing(
      page,
      `${who} sees and hears two others`,
      (now) => now.videos === 2 && now.sounds === 2,
    );
    await alive(page, `${who} sees and hears on`);
  }

  // When one goes, the others stay.
  await jordan.close();
  await alive(sam, "Sam still sees and hears the clinician");
  await endForEveryone(clinician);
});

/** The same steps with puppeteer, which Firefox speaks to; fields are found by their labels. */
async function joinInFirefox(page: FirefoxPage, name: string): Promise<void> {
  await page.waitForSelector("form");
  // A button found while the page opens the camera would turn it off when it is pressed.
  for (const on of ["Microphone is on. Turn off", "Camera is on. Turn off"]) {
    await page.waitForSelector(`button[aria-label="${on}"]`);
  }
  await write(page, "Name to show", name);
  await page.select("select", "OR");
  await write(page, "Street and city", "12 Elm St, Salem");
  await (await labelled(page, "Home")).click();
  await write(page, "Phone number to call you back", "555-0143");
  await write(page, "Their name", "Ana");
  await write(page, "Their phone number", "555-0198");
  await write(page, "Who they are to you", "friend");
  await (await labelled(page, "I agree to meet by video. I can stop any time.")).click();
  await page.locator('button[type="submit"]').click();
  await page.waitForFunction(() =>
    document.querySelector("h1")?.textContent?.includes("You are in the right place"),
  );
}

/** The control of the label with that text. */
async function labelled(page: FirefoxPage, text: string): Promise<ElementHandle<Element>> {
  const control = await page.evaluateHandle(
    (text) =>
      [...document.querySelectorAll("label")].find((l) => l.textContent?.trim() === text)
        ?.control ?? null,
    text,
  );
  const element = control.asElement();
  if (!element) throw new Error(`no control is labelled ${text}`);
  return element as ElementHandle<Element>;
}

async function write(page: FirefoxPage, label: string, text: string): Promise<void> {
  const field = await labelled(page, label);
  await field.click({ count: 3 });
  await field.type(text);
}
