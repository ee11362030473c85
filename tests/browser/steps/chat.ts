import type { Page } from "playwright-core";

/** What people do in the chat of a call. */

export async function openChat(page: Page): Promise<void> {
  await chatButton(page).click();
  await page.getByRole("log").waitFor();
}

/** The button in the call's controls, whatever it counts. */
export function chatButton(page: Page) {
  return page.getByRole("toolbar").getByRole("button", { name: /^Chat/ });
}

/** Writes and sends with Enter. The chat is open. */
export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Your message" });
  await field.fill(text);
  await field.press("Enter");
}

/** Chooses who reads what is written next. */
export async function writeTo(page: Page, whom: RegExp | string): Promise<void> {
  // The radio button lies under its label's face.
  await page.getByRole("radio", { name: whom }).check({ force: true });
}

/** The texts in their order. */
export function said(page: Page): Promise<string[]> {
  return page.locator(".chat-text").allTextContents();
}

/** Waits until that text is in the chat, and gives its line. */
export async function lineOf(page: Page, text: string) {
  const line = page.getByRole("log").getByRole("listitem").filter({ hasText: text });
  await line.waitFor();
  return line;
}
