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

export async function leaveInFirefox(page: Page): Promise<void> {
  await press(page, "button.leave", "Leave");
  await press(page, "dialog button", "Leave");
  await page.waitForFunction(() => !document.querySelector('[role="toolbar"]'));
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

/** Replaces what a field holds. A time is given as `hh:mm`. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  const field = await labelled(page, label);
  const { type } = await field.evaluate((input) => ({ type: (input as HTMLInputElement).type }));
  if (type === "time" || type === "date") {
    await field.evaluate((input, text) => {
      (input as HTMLInputElement).value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, text);
    return;
  }
  await field.click({ count: 3 });
  await field.type(text);
}

/**
 * Presses the one thing of a selector that says `text` and can be pressed, as soon as there is one;
 * with `within`, only in a list item that says that.
 */
export async function press(
  page: Page,
  selector: string,
  text: string,
  within = "",
): Promise<void> {
  await page.waitForFunction(
    (selector, text, within) => {
      const found = [...document.querySelectorAll<HTMLElement>(selector)].find(
        (control) =>
          `${control.textContent} ${control.ariaLabel ?? ""}`.includes(text) &&
          (within === "" || control.closest("li")?.textContent?.includes(within)) &&
          !control.matches(":disabled, [aria-disabled=true]"),
      );
      found?.click();
      return found !== undefined;
    },
    { polling: 100 },
    selector,
    text,
    within,
  );
}
