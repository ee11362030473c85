// Setting up an account by its one-time link: password, authenticator, recovery codes.

import { post } from "../api";
import type {
  ConfirmSetUp,
  SetUp,
  SetUpDone,
  SetUpSecret,
  SetUpToken,
  SetUpWho,
} from "../protocol";

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

/** Who the link is for. Throws an `ApiError`, as all of these; `link_ended` when it is used up. */
export function lookSetUp(token: string): Promise<SetUpWho> {
  const body: SetUpToken = { token };
  return post("/setup/look", body);
}

export function choosePassword(token: string, password: string): Promise<SetUpSecret> {
  const body: SetUp = { token, password };
  return post("/setup", body);
}

/** The link is used up by this. */
export function confirmSetUp(token: string, code: string): Promise<SetUpDone> {
  const body: ConfirmSetUp = { token, code };
  return post("/setup/confirm", body);
}

export type PasswordProblem = "too_short" | "too_long" | "has_username" | "repeated";

/** What is wrong with a password; `null` when it will do. Length counts, not strange letters (NIST SP 800-63B). */
export function passwordProblem(password: string, username: string): PasswordProblem | null {
  const length = Array.from(password).length;
  if (length < SHORTEST_PASSWORD) return "too_short";
  if (length > LONGEST_PASSWORD) return "too_long";
  if (password.toLowerCase().includes(username.toLowerCase())) return "has_username";
  if (new Set(password).size < 5) return "repeated";
  return null;
}

/** "JBSW Y3DP …": a secret in groups of four, to type on another device. */
export function grouped(secret: string): string {
  return secret.match(/.{1,4}/gu)?.join(" ") ?? "";
}
