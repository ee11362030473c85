import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { me, signOut } from "../account";
import { fromBase64url, toBase64url } from "../base64url";
import { unwrapIdentity } from "../crypto/identity";
import type { KeptIdentity } from "../crypto/identity-store";
import type { IdentityRecord, KeepIdentity, Me } from "../protocol";
import {
  loadRoomKey,
  presentIdentity,
  type RoomKey,
  replaceRoomKey,
  roomKey,
  roomKeySaved,
  unlockRoomKey,
} from "./identity";

/** What each browser keeps, and which one this is. */
let browser: KeptIdentity[] = [];

vi.mock("../crypto/identity-store", () => ({
  identitiesOf: async (staff: string) =>
    browser.filter((kept) => kept.staff === staff).sort((a, b) => b.madeAt - a.madeAt),
  keepIdentity: async (kept: KeptIdentity) => {
    const at = browser.findIndex(({ identity }) => same(identity, kept.identity));
    browser.splice(at < 0 ? browser.length : at, at < 0 ? 0 : 1, kept);
  },
  dropIdentity: async (kept: KeptIdentity) => {
    browser.splice(0, browser.length, ...browser.filter((other) => other !== kept));
  },
}));

const same = (a: KeptIdentity["identity"], b: KeptIdentity["identity"]) =>
  toBase64url(a.publicKey) === toBase64url(b.publicKey);

/** The server: one identity for each of the staff, replaced only by those who know the present one. */
const server = new Map<string, IdentityRecord>();
/** What befalls the next requests: lost before, or after the server did its work. */
let trouble: ("none" | "before" | "after")[] = [];

async function serve(path: unknown, init?: RequestInit): Promise<Response> {
  const befalls = trouble.shift() ?? "none";
  if (befalls === "before") throw new TypeError("no network");
  const answer = handle(String(path), init);
  if (befalls === "after") throw new TypeError("no network");
  return answer;
}

function handle(path: string, init?: RequestInit): Response {
  if (path !== "/api/v1/identity") return Response.json({});
  const staff = me.peek()?.staff ?? "";
  const present = server.get(staff) ?? null;
  if (init?.method === "GET") return Response.json({ identity: present });
  const body = JSON.parse(String(init?.body)) as KeepIdentity;
  if (body.replaces !== (present?.public_key ?? null)) {
    return Response.json({ code: "not_now", reason: "", retry_after: null }, { status: 409 });
  }
  const { public_key, wrapped } = body;
  const record = { public_key, wrapped, created_at: 1 };
  server.set(staff, record);
  return Response.json(record);
}

const as = async (staff: string) => {
  me.value = { staff, role: "clinician" } as Me;
  await loadRoomKey(staff);
};

beforeEach(() => {
  vi.stubGlobal("fetch", serve);
  browser = [];
  server.clear();
  trouble = [];
  roomKey.value = { is: "unknown" };
});
afterEach(() => vi.unstubAllGlobals());

function ready(): Extract<RoomKey, { is: "ready" }> {
  const known = roomKey.peek();
  if (known.is !== "ready") throw new Error(known.is);
  return known;
}
const name = () => toBase64url(ready().identity.publicKey);

test("makes the first key by itself and keeps its code until it is saved", async () => {
  await as("maya");
  expect(server.get("maya")?.public_key).toBe(name());
  const { code } = ready();
  const wrapped = fromBase64url(server.get("maya")?.wrapped ?? "");
  const opened = wrapped && (await unwrapIdentity(wrapped, code ?? ""));
  expect(opened?.publicKey).toEqual(ready().identity.publicKey);

  await loadRoomKey("maya");
  expect(ready().code, "a reload still shows it").toBe(code);
  await roomKeySaved("maya");
  expect(ready().code).toBeNull();
  await loadRoomKey("maya");
  expect(ready().code, "nothing can show it again").toBeNull();
  expect(browser.map((kept) => kept.code)).toEqual([null]);
});

test("the code opens the key in another browser, and nothing else does", async () => {
  await as("maya");
  const { code } = ready();
  const first = name();

  browser = [];
  await loadRoomKey("maya");
  expect(roomKey.value.is).toBe("locked");
  expect(await presentIdentity()).toBeNull();
  const wrong = `${code?.startsWith("0") ? "1" : "0"}${code?.slice(1)}`;
  expect(await unlockRoomKey("maya", wrong)).toBe(false);
  expect(await unlockRoomKey("maya", "")).toBe(false);
  expect(roomKey.value.is).toBe("locked");

  expect(await unlockRoomKey("maya", code?.toLowerCase() ?? "")).toBe(true);
  expect(name()).toBe(first);
  expect(ready().code, "it was saved before").toBeNull();
  await loadRoomKey("maya");
  expect(name()).toBe(first);
  expect(browser[0]?.identity.signingKey.extractable).toBe(false);
});

test("a record of another key is not taken for the one it names", async () => {
  await as("maya");
  const { code } = ready();
  const record = server.get("maya");
  browser = [];
  await as("sam");
  const other = server.get("sam");
  if (!record || !other) throw new Error("two records");
  server.set("maya", { ...record, public_key: other.public_key });
  browser = [];
  await as("maya");
  expect(await unlockRoomKey("maya", code ?? "")).toBe(false);
});

test("a new key takes the place of the old one", async () => {
  await as("maya");
  await roomKeySaved("maya");
  const old = name();
  await replaceRoomKey("maya");
  expect(name()).not.toBe(old);
  expect(ready().code).not.toBeNull();
  expect(server.get("maya")?.public_key).toBe(name());
  expect(browser).toHaveLength(1);
});

test("a lost code is helped by a new key", async () => {
  await as("maya");
  browser = [];
  await loadRoomKey("maya");
  await replaceRoomKey("maya");
  expect(server.get("maya")?.public_key).toBe(name());
});

test("a network that fails leaves things as they were", async () => {
  me.value = { staff: "maya", role: "clinician" } as Me;
  trouble = ["before"];
  await expect(loadRoomKey("maya")).rejects.toThrow("offline");
  expect(roomKey.value.is).toBe("unknown");

  await loadRoomKey("maya");
  const before = roomKey.value;
  trouble = ["before"];
  await expect(loadRoomKey("maya")).rejects.toThrow("offline");
  trouble = ["none", "before"];
  await expect(replaceRoomKey("maya")).rejects.toThrow("offline");
  expect(roomKey.value).toBe(before);
  await loadRoomKey("maya");
  expect(roomKey.value).toEqual(before);
});

test.each(["before", "after"] as const)(
  "a first key is told again when no answer came (%s)",
  async (when) => {
    me.value = { staff: "maya", role: "clinician" } as Me;
    trouble = ["none", when];
    await expect(loadRoomKey("maya")).rejects.toThrow("offline");
    expect(browser).toHaveLength(1);
    await loadRoomKey("maya");
    expect(browser).toHaveLength(1);
    expect(server.get("maya")?.public_key).toBe(name());
    expect(ready().code).not.toBeNull();
  },
);

test("a new key whose answer was lost is found with its code", async () => {
  await as("maya");
  await roomKeySaved("maya");
  trouble = ["none", "after"];
  await expect(replaceRoomKey("maya")).rejects.toThrow("offline");
  await loadRoomKey("maya");
  expect(server.get("maya")?.public_key).toBe(name());
  expect(ready().code).not.toBeNull();
});

test("two browsers that begin at once end with one key", async () => {
  await as("maya");
  const first = server.get("maya");
  browser = [];
  server.clear();
  const asked = serve;
  vi.stubGlobal("fetch", async (path: unknown, init?: RequestInit) => {
    if (init?.method === "POST" && first) server.set("maya", first);
    return asked(path, init);
  });
  await loadRoomKey("maya");
  expect(roomKey.value.is).toBe("locked");
  expect(browser, "the one that came late is dropped").toEqual([]);
});

test("two pages that ask at once make one key", async () => {
  me.value = { staff: "maya", role: "clinician" } as Me;
  await Promise.all([loadRoomKey("maya"), loadRoomKey("maya")]);
  expect(browser).toHaveLength(1);
});

test("somebody else in the same browser has a key of their own", async () => {
  await as("maya");
  const first = name();
  await signOut();
  expect(roomKey.value.is).toBe("unknown");
  await as("sam");
  expect(name()).not.toBe(first);
  await signOut();
  await as("maya");
  expect(name(), "and the first one finds hers").toBe(first);
});

test("an answer for whoever was signed in before is not taken", async () => {
  me.value = { staff: "maya", role: "clinician" } as Me;
  const asking = loadRoomKey("maya");
  me.value = { staff: "sam", role: "clinician" } as Me;
  await asking;
  expect(roomKey.value.is).toBe("unknown");
});
