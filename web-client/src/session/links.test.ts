import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api";
import { readSecret, tokenHashOf } from "./link";
import { madeLinks, makeLink, shortLink } from "./links";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  madeLinks.value = new Map();
});
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
});

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

test("sends the server the hash of the token, never the secret", async () => {
  fetched.mockResolvedValue(answer(200, { link: "l", expires_at: 0, redeemed: false }));
  const address = await makeLink("s1", "p1");
  const secret = readSecret(new URL(address).hash.slice(1));
  const [path, init] = fetched.mock.calls[0] ?? [];
  expect(path).toBe("/api/v1/sessions/s1/links");
  expect(JSON.parse(String(init?.body))).toEqual({
    participant: "p1",
    token_hash: secret && (await tokenHashOf(secret)),
    sealed: "AA",
  });
  expect(String(init?.body)).not.toContain(new URL(address).hash.slice(1));
  expect(madeLinks.value.get("p1")).toBe(address);
});

test("keeps no link that the server refused", async () => {
  fetched.mockResolvedValue(answer(409, { code: "not_now", reason: "", retry_after: null }));
  await expect(makeLink("s1", "p1")).rejects.toEqual(new ApiError("not_now"));
  expect(madeLinks.value.size).toBe(0);
});

test("shows too little of an address to use it", () => {
  expect(shortLink("https://room.example/join#7fq2abcdefgh")).toBe("room.example/join#7fq2…");
});
