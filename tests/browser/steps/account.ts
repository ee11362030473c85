import type { Page } from "playwright-core";
import { Api } from "../harness/api";
import type { Clinic } from "../harness/clinic";
import { totp } from "../harness/totp";

const PASSWORD = "four quiet words together";

/** A member of staff who can sign in once, by a recovery code. */
export interface Account {
  username: string;
  password: string;
  recoveryCode: string;
}

/** Sets the administrator up, who makes an account for a clinician, and sets that up too. */
export async function makeClinician(clinic: Clinic): Promise<Account> {
  const ada = await setUp(clinic.api, clinic.setUp, "ada");
  const office = new Api(clinic.origin, clinic.authority.certificate);
  await office.must("/api/v1/sign-in", {
    username: ada.username,
    password: ada.password,
    code: ada.recoveryCode,
  });
  const made = await office.must("/api/v1/staff", {
    username: "maya",
    name: "Maya Clinician",
    role: "clinician",
  });
  return setUp(clinic.api, made.path, "maya");
}

async function setUp(api: Api, link: string, username: string): Promise<Account> {
  const token = link.slice(link.indexOf("#") + 1);
  const { secret } = await api.must("/api/v1/setup", { token, password: PASSWORD });
  const code = totp(secret);
  const { recovery_codes } = await api.must("/api/v1/setup/confirm", { token, code });
  return { username, password: PASSWORD, recoveryCode: recovery_codes[0] };
}

/** Signs in by a recovery code: the day appears. */
export async function signInAs(page: Page, origin: string, account: Account): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "I do not have my phone" }).click();
  await page.getByLabel("User name").fill(account.username);
  await page.getByLabel("Password").fill(account.password);
  await page.getByLabel(/recovery code/i).fill(account.recoveryCode);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
}
