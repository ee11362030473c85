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
  await joinWithEverything(jordan, "Jordan");
  await examine(jordan, "waiting");

  await clinician.goto(demo.origin);
  await clinician.getByText("Jordan is in the waiting room").waitFor();
  await examine(clinician, "day-waiting");
  await enterCall(clinician, "Jordan");
  await cameraAndSoundOn(clinician);
  await clinician.getByRole("heading", { name: "Jordan" }).waitFor();
  await examine(clinician, "call-door");
  await letIn(clinician, "Jordan");
  await inCall(jordan);
  await alive(jordan, "Jordan sees and hears");
  await examine(jordan, "call-guest");
  await examine(clinician, "call-clinician");

  await jordan.getByRole("button", { name: "Leave" }).click();
  await jordan.getByRole("dialog").waitFor();
  await examine(jordan, "call-leave");
  await jordan.keyboard.press("Escape");
  await jordan.getByRole("dialog").waitFor({ state: "detached" });

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
