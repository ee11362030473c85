import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { alive } from "./harness/rtc";
import { examine } from "./harness/screen";
import { cameraAndSoundOn, inCall, joinWithEverything } from "./steps/guest";
import { createAppointment, endForEveryone, enterCall, letIn, signIn } from "./steps/staff";

let demo: Demo;
let chromium: Chromium;
let clinician: Page;
let links: Map<string, string>;

beforeAll(async () => {
  demo = await startDemo();
  chromium = await startChromium();
});

afterAll(async () => {
  await chromium?.close();
  expect(await demo?.stop()).toBe(0);
});

test("signing in", async () => {
  clinician = await chromium.open(`${demo.origin}/sign-in`);
  await clinician.getByRole("heading", { level: 1 }).waitFor();
  await examine(clinician, "sign-in");
});

test("a link that has ended", async () => {
  const page = await chromium.open(`${demo.origin}/join#${"A".repeat(43)}`);
  await page.getByRole("heading", { name: "This link has ended" }).waitFor();
  await examine(page, "link-ended");
  await page.close();
});

test("the day", async () => {
  await signIn(clinician, demo.signIn);
  await clinician.getByRole("listitem").first().waitFor();
  await examine(clinician, "day");
  await clinician.getByRole("button", { name: "Set up" }).first().click();
  await clinician.getByRole("dialog").waitFor();
  await examine(clinician, "day-session");
  await clinician.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  await clinician.getByRole("button", { name: "Save new time" }).waitFor();
  await examine(clinician, "day-move");
  await closeDialog(clinician);
});

test("the room key", async () => {
  await clinician.getByRole("button", { name: "Show the code" }).click();
  const code = await clinician.locator(".key-code > span:last-child").textContent();
  await examine(clinician, "room-key-code");
  await clinician.getByRole("button", { name: "I have saved it" }).click();
  await clinician.getByRole("dialog").waitFor({ state: "detached" });
  await dialog(clinician, "Room key", "room-key");
  await clinician.getByRole("button", { name: "Room key" }).click();
  await clinician.getByRole("button", { name: "Make a new one" }).click();
  await clinician.getByRole("button", { name: "Keep the old one" }).waitFor();
  await examine(clinician, "room-key-new");
  await closeDialog(clinician);

  await forgetRoomKey(clinician);
  await clinician.reload();
  await clinician.getByRole("button", { name: "Room key" }).click();
  const dialogNow = clinician.getByRole("dialog");
  await dialogNow.getByRole("textbox").fill("ABCDE");
  await dialogNow.getByRole("button", { name: "Use this code" }).click();
  await dialogNow.getByText("This is not the code of your room key").waitFor();
  await examine(clinician, "room-key-enter");
  await dialogNow.getByRole("textbox").fill(code ?? "");
  await dialogNow.getByRole("button", { name: "Use this code" }).click();
  await dialogNow.waitFor({ state: "detached" });
});

test("a browser that cannot make the call", async () => {
  const page = await chromium.open("about:blank");
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "RTCRtpScriptTransform"));
  await page.goto(demo.joins[0] ?? "");
  await page.getByRole("heading", { name: "This browser cannot make the call" }).waitFor();
  await examine(page, "unsupported");
  await page.close();
});

test("creating a session and its links", async () => {
  await clinician.getByRole("link", { name: "Create session" }).first().click();
  await clinician.getByRole("heading", { level: 1, name: "Create session" }).waitFor();
  await examine(clinician, "create");
  await clinician.goto(demo.origin);
  links = await createAppointment(clinician, ["Jordan", "Sam"], "Group class");
  await examine(clinician, "links");
});

test("joining, waiting, the call", async () => {
  const jordan = await chromium.open(links.get("Jordan") ?? "");
  await cameraAndSoundOn(jordan);
  await jordan.getByText("Camera works").first().waitFor();
  await examine(jordan, "join");
  await dialog(jordan, "Read the full form", "join-consent");
  await dialog(jordan, "Change the microphone", "join-device");
  await joinWithEverything(jordan, "Jordan");
  await examine(jordan, "waiting");
  await dialog(jordan, "Message Maya", "waiting-message");
  await dialog(jordan, "Test again", "waiting-test");
  await dialog(jordan, "Leave", "waiting-leave");

  await clinician.goto(demo.origin);
  await clinician.getByText("Jordan is in the waiting room").waitFor();
  await examine(clinician, "day-waiting");
  await enterCall(clinician, "Jordan");
  await clinician.getByRole("heading", { name: "Jordan" }).waitFor();
  await examine(clinician, "call-door");
  await letIn(clinician, "Jordan");
  await inCall(jordan);
  await alive(jordan, "Jordan sees and hears");
  await examine(jordan, "call-guest");
  await examine(clinician, "call-clinician");

  await dialog(jordan, "Leave", "call-leave");
  await dialog(jordan, "More", "call-more");
  await dialog(jordan, "Private call. Check the safety code", "call-safety");
  await dialog(jordan, "Get help", "call-help");
  await dialog(clinician, "End", "call-end");

  await endForEveryone(clinician);
  await examine(clinician, "ended");
  await jordan.getByRole("heading", { name: "The session is over" }).waitFor();
  await examine(jordan, "over");
  await jordan.close();
});

test("the note", async () => {
  await clinician.getByRole("link", { name: "Write the note" }).click();
  await clinician.getByRole("heading", { level: 1, name: /Jordan/ }).waitFor();
  await examine(clinician, "note");
  await clinician.goto(`${demo.origin}/notes`);
  await clinician.getByRole("heading", { level: 1 }).waitFor();
  await examine(clinician, "notes");
});

/** Examines the dialog that a button opens, and closes it by the keyboard. */
async function dialog(page: Page, opener: string, name: string): Promise<void> {
  await page.getByRole("button", { name: opener, exact: true }).click();
  await page.getByRole("dialog").waitFor();
  await examine(page, name);
  await closeDialog(page);
}

/** Makes the browser one in which the room key was never used. */
function forgetRoomKey(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((done, failed) => {
        const deleting = indexedDB.deleteDatabase("quietroom-identity");
        deleting.onsuccess = () => done();
        deleting.onerror = () => failed(deleting.error);
      }),
  );
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
