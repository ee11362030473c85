import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { type Firefox, startFirefox } from "./harness/firefox";
import { alive, flowing } from "./harness/rtc";
import { joinInFirefox } from "./steps/firefox";
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
