import type { ElementHandle, Page } from "puppeteer-core";

/** What people do in Firefox, with puppeteer; fields are found by their labels. */

/** Fills in everything the join page asks and goes to the waiting room. */
export async function joinInFirefox(page: Page, name: string): Promise<void> {
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
async function labelled(page: Page, text: string): Promise<ElementHandle<Element>> {
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

async function write(page: Page, label: string, text: string): Promise<void> {
  const field = await labelled(page, label);
  await field.click({ count: 3 });
  await field.type(text);
}
