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

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
