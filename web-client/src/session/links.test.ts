import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api";
import { fromBase64url } from "../base64url";
import { fingerprintOf, makeIdentity, openSeat } from "../crypto/identity";
import { bindKeyOf, readInvitation, shareKeyOf, tokenHashOf } from "../crypto/invitation";
import { madeLinks, makeLink, shortLink } from "./links";

const fetched = vi.fn<typeof fetch>();
const guest = { participant: "p1", role: "client", name: "Jordan" } as const;

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  madeLinks.value = new Map();
});
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
});

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const made = () => answer(200, { link: "l", expires_at: 0, redeemed: false, sealed: null });

test("sends the server the hash of the token, never the secret", async () => {
  fetched.mockResolvedValue(made());
  const { identity } = await makeIdentity();
  const address = await makeLink(identity, "s1", guest);
  const fragment = new URL(address).hash.slice(1);
  const [path, init] = fetched.mock.calls[0] ?? [];
  expect(path).toBe("/api/v1/sessions/s1/links");
  const sent = JSON.parse(String(init?.body));
  const secret = readInvitation(fragment)?.secret;
  expect(Object.keys(sent).sort()).toEqual(["participant", "sealed", "token_hash"]);
  expect(sent).toMatchObject({
    participant: "p1",
    token_hash: secret && (await tokenHashOf(secret)),
  });
  // The first 32 bytes end within the 43rd letter.
  expect(String(init?.body)).not.toContain(fragment.slice(0, 42));
  expect(madeLinks.value.get("p1")).toBe(address);
});

test("pins the host in the link", async () => {
  fetched.mockResolvedValue(made());
  const { identity } = await makeIdentity();
  const address = await makeLink(identity, "s1", guest);
  const invitation = readInvitation(new URL(address).hash.slice(1));
  expect(invitation?.pinned).toEqual(await fingerprintOf(identity.publicKey));
});

test("seals what proves the knock for the clinician's other browsers only", async () => {
  fetched.mockResolvedValue(made());
  const { identity } = await makeIdentity();
  const address = await makeLink(identity, "s1", guest);
  const secret = readInvitation(new URL(address).hash.slice(1))?.secret;
  if (!secret) throw new Error("not a link");
  const { sealed } = JSON.parse(String(fetched.mock.calls[0]?.[1]?.body));
  const bytes = fromBase64url(sealed);
  if (!bytes) throw new Error("not base64url");
  expect(await openSeat(identity, "s1", "p1", bytes)).toEqual({
    bindKey: await bindKeyOf(secret),
    shareKey: await shareKeyOf(secret),
    role: "client",
    name: "Jordan",
  });
  expect(await openSeat(identity, "s1", "p2", bytes)).toBeNull();
  const other = await makeIdentity();
  expect(await openSeat(other.identity, "s1", "p1", bytes)).toBeNull();
});

test("keeps no link that the server refused", async () => {
  fetched.mockResolvedValue(answer(409, { code: "not_now", reason: "", retry_after: null }));
  const { identity } = await makeIdentity();
  await expect(makeLink(identity, "s1", guest)).rejects.toEqual(new ApiError("not_now"));
  expect(madeLinks.value.size).toBe(0);
});

test("shows too little of an address to use it", () => {
  expect(shortLink("https://room.example/join#7fq2abcdefgh")).toBe("room.example/join#7fq2…");
});
