import type { Page } from "playwright-core";
import type { Evaluates } from "../harness/rtc";

/** What a clinician does in the browser. Pages are found by what they say, as people find them. */

/** Opens the printed one-time link: the day appears. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
}

/** Books an appointment that starts in a minute and returns its join links by first name. */
export async function createAppointment(
  page: Page,
  people: string[],
  kind = "One to one",
): Promise<Map<string, string>> {
  await page.getByRole("link", { name: "Create session" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Create session" }).waitFor();
  await page.getByRole("radio", { name: kind }).check();
  for (const name of people) {
    const box = page.getByRole("combobox", { name: "People" });
    await box.fill(name);
    await page.getByRole("option", { name: `Add “${name}” as a new person` }).click();
    await page.getByRole("button", { name: `Remove ${name}` }).waitFor();
  }
  const { day, time } = await clinicTime(page, 1);
  await page.getByLabel("Day", { exact: true }).fill(day);
  await page.getByLabel("Start").fill(time);
  await page.getByRole("button", { name: "Create session" }).click();
  await page.getByRole("heading", { name: "Links to share" }).waitFor();
  const links = new Map<string, string>();
  for (const name of people) {
    await page.getByRole("button", { name: `link for ${name}` }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    links.set(name, copied);
  }
  return links;
}

/**
 * Some minutes from now in the clinic's time zone, as `yyyy-mm-dd` and `hh:mm`. In the last hour of a
 * day the form proposes the next one.
 */
export function clinicTime(
  page: Evaluates,
  minutes: number,
): Promise<{ day: string; time: string }> {
  return page.evaluate(async (minutes: number) => {
    const { time_zone: timeZone } = await (await fetch("/api/v1/me")).json();
    // Swedes write both that way.
    const at = new Intl.DateTimeFormat("sv-SE", {
      dateStyle: "short",
      timeStyle: "short",
      timeZone,
    }).format(Date.now() + minutes * 60_000);
    const [day = "", time = ""] = at.split(" ");
    return { day, time };
  }, minutes);
}

/** Goes from the day to the call of the session in which someone of just that name is booked. */
export async function enterCall(page: Page, name: string): Promise<void> {
  await page.goto(new URL("/", page.url()).href);
  const session = await sessionOf(page, name);
  await page.locator(`a[href="/session/${session}"]`).first().click();
  await page.getByRole("toolbar", { name: "Call controls" }).waitFor();
}

/** The session in which someone of just that name is booked; `page` is signed in. */
export function sessionOf(page: Evaluates, name: string): Promise<string> {
  return page.evaluate(async (name: string) => {
    const day = 24 * 60 * 60 * 1000;
    const around = `from=${Date.now() - day}&to=${Date.now() + day}`;
    const { sessions } = await (await fetch(`/api/v1/day?${around}`)).json();
    type Booked = { session: string; people: { name: string }[] };
    return sessions.find((s: Booked) => s.people.some((p) => p.name === name))?.session;
  }, name);
}

/** Lets in whoever waits under `name`, after saying how they are known; returns when (ms). */
export async function letIn(page: Page, name: string): Promise<number> {
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name }) });
  await card.getByRole("radio", { name: "I know them" }).check();
  // Not before the door knows whether the person has the link.
  const button = card.getByRole("button", { name: /^Let in/, disabled: false });
  await button.focus();
  const at = Date.now();
  await button.press("Enter");
  await card.waitFor({ state: "detached" });
  return at;
}

/** Takes someone out of the call; returns when (ms). */
export async function takeOut(page: Page, name: string): Promise<number> {
  const button = page.getByRole("button", { name: `Take ${name} out` });
  if (!(await button.isVisible())) {
    await page.getByRole("toolbar").getByRole("button", { name: "People" }).click();
  }
  await button.click();
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Take out" });
  const at = Date.now();
  await confirm.click();
  await button.waitFor({ state: "detached" });
  return at;
}

/** Ends the session for everyone; returns when (ms). */
export async function endForEveryone(page: Page): Promise<number> {
  await page.getByRole("button", { name: "End", exact: true }).click();
  const button = page.getByRole("button", { name: "End for everyone" });
  await button.focus();
  const at = Date.now();
  await button.press("Enter");
  await page.getByRole("heading", { name: "The session has ended" }).waitFor();
  return at;
}
