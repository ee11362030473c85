import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetWith, lapsed, loadAccount, me, signIn, signOut } from "./account";
import { get } from "./api";

const maya = { staff: "maya", role: "clinician" };
const sam = { staff: "sam", role: "clinician" };
const credentials = { username: "u", password: "p", code: "c" };
const forgotten = vi.fn();
let answers: Response[];

const refused = (code: string) =>
  Response.json({ code, reason: "", retry_after: null }, { status: 401 });

forgetWith(forgotten);

beforeEach(async () => {
  answers = [Response.json({})];
  vi.stubGlobal("fetch", async () => answers.shift());
  await signOut();
  forgotten.mockReset();
});
afterEach(() => vi.unstubAllGlobals());

test("knows that nobody is signed in", async () => {
  answers = [refused("not_signed_in")];
  await loadAccount();
  expect(me.value).toBeNull();
  expect(lapsed.value).toBe(false);
});

test("a lapse leads back to signing in and keeps the page for the same person", async () => {
  answers = [Response.json(maya), refused("not_signed_in"), Response.json(maya)];
  await loadAccount();
  await expect(get("/day")).rejects.toThrow("not_signed_in");
  expect(me.value).toBeNull();
  expect(lapsed.value).toBe(true);
  await signIn(credentials);
  expect(me.value).toEqual(maya);
  expect(lapsed.value).toBe(false);
  expect(forgotten).not.toHaveBeenCalled();
});

test("nothing is left for somebody else", async () => {
  answers = [Response.json(maya), refused("not_signed_in"), Response.json(sam)];
  await loadAccount();
  await get("/day").catch(() => {});
  await signIn(credentials);
  expect(forgotten).toHaveBeenCalledOnce();
});

test("signing out forgets; a failed sign-out says so and changes nothing", async () => {
  answers = [
    Response.json(maya),
    Response.json({ code: "fault" }, { status: 500 }),
    Response.json({}),
  ];
  await loadAccount();
  await expect(signOut()).rejects.toThrow("fault");
  expect(me.value).toEqual(maya);
  expect(forgotten).not.toHaveBeenCalled();
  await signOut();
  expect(me.value).toBeNull();
  expect(forgotten).toHaveBeenCalledOnce();
});

test("wrong credentials leave nobody signed in and are not a lapse", async () => {
  answers = [refused("wrong_credentials")];
  await expect(signIn(credentials)).rejects.toThrow("wrong_credentials");
  expect(me.value).toBeNull();
  expect(lapsed.value).toBe(false);
});
