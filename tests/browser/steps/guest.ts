import type { Page } from "playwright-core";

/** What a guest does in the browser. */

/** Fills in everything the join page asks and goes to the waiting room. */
export async function joinWithEverything(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: / invited you$/ }).waitFor();
  await page.getByLabel("Name to show").fill(name);
  await page.getByLabel("State", { exact: true }).selectOption("OR");
  await page.getByLabel("Street and city").fill("1840 Alder St, Portland");
  await page.getByRole("radio", { name: "Home" }).check();
  await page.getByLabel("Phone number to call you back").fill("555-0142");
  await page.getByLabel("Their name").fill("Rosa");
  await page.getByLabel("Their phone number").fill("555-0199");
  await page.getByLabel("Who they are to you").fill("sister");
  await page.getByLabel("I agree to meet by video. I can stop any time.").check();
  await page.getByRole("button", { name: "Go to the waiting room" }).click();
  await page.getByRole("heading", { level: 1, name: "You are in the right place." }).waitFor();
}

/** Gives a name only and goes on without the rest. */
export async function joinWithout(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: / invited you$/ }).waitFor();
  await page.getByLabel("Name to show").fill(name);
  await page.getByRole("button", { name: "Go to the waiting room" }).click();
  await page.getByRole("button", { name: "Go without" }).click();
  await page.getByRole("heading", { level: 1, name: "You are in the right place." }).waitFor();
}

/** Waits until the join page has opened camera and microphone, which it does by itself. */
export async function cameraAndSoundOn(page: Page): Promise<void> {
  for (const name of ["Microphone is on. Turn off", "Camera is on. Turn off"]) {
    await page.getByRole("button", { name }).waitFor();
  }
}

/** Waits until the call is on screen. */
export async function inCall(page: Page): Promise<void> {
  await page.getByRole("toolbar", { name: "Call controls" }).waitFor();
}

/** Leaves the call, by the button and the question behind it. */
export async function leave(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByRole("toolbar", { name: "Call controls" }).waitFor({ state: "detached" });
}
