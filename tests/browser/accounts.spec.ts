import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Clinic, startClinic } from "./harness/clinic";
import { examine } from "./harness/screen";
import { totp } from "./harness/totp";

const PASSWORD = "four quiet words together";

let clinic: Clinic;
let chromium: Chromium;
let page: Page;
let secret = "";
let recoveryCodes: string[] = [];

beforeAll(async () => {
  clinic = await startClinic();
  chromium = await startChromium({ ignoreCertificates: true });
});

afterAll(async () => {
  await chromium?.close();
  expect(await clinic?.stop()).toBe(0);
});

test("the first administrator sets up an account", async () => {
  page = await chromium.open(clinic.origin + clinic.setUp);
  await page.getByRole("heading", { name: "Choose a password" }).waitFor();
  expect(page.url()).not.toContain("#");
  await examine(page, "setup-password");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByLabel("Type it again").fill(PASSWORD);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Add Quietroom to your authenticator" }).waitFor();
  await examine(page, "setup-authenticator");
  secret = (await page.locator(".set-up-key").textContent()) ?? "";
  await page.getByLabel("Code").fill(totp(secret));
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("heading", { name: "Save your recovery codes" }).waitFor();
  await examine(page, "setup-recovery");
  recoveryCodes = await page
    .getByRole("list", { name: "Recovery codes" })
    .locator("li")
    .allTextContents();
  expect(recoveryCodes.length).toBeGreaterThanOrEqual(8);
  await page.getByLabel("I saved these codes in a safe place").check();
  await page.getByRole("button", { name: "Go to sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
});

test("a set-up link works once", async () => {
  const again = await chromium.open(clinic.origin + clinic.setUp);
  await again.getByRole("heading", { name: "This link has ended" }).waitFor();
  await examine(again, "setup-ended");
  await again.close();
});

test("a password alone does not sign in, a recovery code with it does", async () => {
  await signIn("000000");
  await page.getByRole("alert").first().waitFor();
  await examine(page, "sign-in-refused");
  await page.getByRole("button", { name: "I do not have my phone" }).click();
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel(/recovery code/i).fill(recoveryCodes[0] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Staff" }).waitFor();
});

test("an administrator adds and disables staff", async () => {
  await examine(page, "staff");
  await page.getByRole("button", { name: "Add staff" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Maya Clinician");
  await dialog.getByLabel("User name").fill("maya");
  await examine(page, "staff-add");
  await dialog.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Set-up link for Maya Clinician" }).waitFor();
  await examine(page, "staff-link");
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row").filter({ hasText: "maya" });
  await row.getByRole("button", { name: /Disable/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await row.getByText("Disabled").waitFor();
});

test("an administrator reaches no chart", async () => {
  const statuses = await page.evaluate(async () => {
    const paths = ["/api/v1/notes", "/api/v1/people", "/api/v1/day?from=0&to=1"];
    return Promise.all(paths.map(async (path) => (await fetch(path)).status));
  });
  expect(statuses).toEqual([403, 403, 403]);
});

async function signIn(code: string): Promise<void> {
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}
