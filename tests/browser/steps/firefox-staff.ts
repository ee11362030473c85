import type { Page } from "puppeteer-core";
import { press, write } from "./firefox";
import { clinicTime, sessionOf } from "./staff";

/** What a clinician does in Firefox, with puppeteer; things are found by what they say. */

/** Opens the printed one-time link: the day appears. */
export async function signInInFirefox(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await headed(page, "Today");
}

/** Books an appointment of one person that starts in a minute and returns its join link. */
export async function createInFirefox(page: Page, name: string): Promise<string> {
  await page.goto(new URL("/new", page.url()).href);
  await headed(page, "Create session");
  // Firefox asks before a page may read what was copied.
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      (window as unknown as { copied?: string }).copied = text;
    };
  });
  await write(page, "People", name);
  await press(page, "[role=option]", `Add “${name}” as a new person`);
  await page.waitForSelector(`button[aria-label="Remove ${name}"]`);
  const { day, time } = await clinicTime(page, 1);
  await write(page, "Day", day);
  await write(page, "Start", time);
  await press(page, "button", "Create session");
  await headed(page, "Links to share");
  await press(page, "button", `link for ${name}`);
  const copied = await page.waitForFunction(
    () => (window as unknown as { copied?: string }).copied ?? null,
  );
  return (await copied.jsonValue()) as string;
}

/** Goes from the day to the call of the session in which someone of just that name is booked. */
export async function enterCallInFirefox(page: Page, name: string): Promise<void> {
  await page.goto(new URL(`/session/${await sessionOf(page, name)}`, page.url()).href);
  await page.waitForSelector('[role="toolbar"]');
}

/** Lets in whoever waits under `name`, after saying how they are known; returns when (ms). */
export async function letInInFirefox(page: Page, name: string): Promise<number> {
  await press(page, "li label", "I know them", name);
  await press(page, "li button", "Let in", name);
  const at = Date.now();
  await page.waitForFunction(
    (name) =>
      ![...document.querySelectorAll("li.knock")].some((li) => li.textContent?.includes(name)),
    {},
    name,
  );
  return at;
}

/** Takes someone out of the call; returns when (ms). */
export async function takeOutInFirefox(page: Page, name: string): Promise<number> {
  await press(page, "button", `Take ${name} out`);
  const at = Date.now();
  await press(page, "dialog button", "Take out");
  await page.waitForFunction(
    (name) => !document.querySelector(`button[aria-label="Take ${name} out"]`),
    {},
    name,
  );
  return at;
}

async function headed(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => [...document.querySelectorAll("h1, h2")].some((h) => h.textContent?.includes(text)),
    {},
    text,
  );
}
