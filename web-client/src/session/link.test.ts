import { expect, test } from "vitest";
import { linkOf, newSecret, readSecret, type Secret, tokenHashOf, tokenOf } from "./link";

// Worked out with Python's hmac and hashlib by RFC 5869 for the secret 00 01 02 ... 1f.
const secret: Secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const written = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const token = "UFBcj2UXVaBv9Z-YHg2lrSgSaX56yN4bceZkVBZ6O2U";
const hash = "SzXz9TtQP3vehCvxCCjb2Nz76aFY4F1o2w0Es6xkj7Y";

test("derives the token and its hash that the server expects", async () => {
  expect(await tokenOf(secret)).toBe(token);
  expect(await tokenHashOf(secret)).toBe(hash);
});

test("carries the secret in the fragment only, and reads it back", () => {
  const link = new URL(linkOf("https://room.example", secret));
  expect(link.pathname + link.search).toBe("/join");
  expect(link.hash).toBe(`#${written}`);
  expect(readSecret(link.hash.slice(1))).toEqual(secret);
});

test("takes no link that is cut short, longer or not base64url", () => {
  for (const fragment of [
    "",
    written.slice(0, -1),
    `${written}AA`,
    written.replace("A", "+"),
    "a",
  ]) {
    expect(readSecret(fragment)).toBeNull();
  }
});

test("makes a new secret each time", () => {
  expect(newSecret()).toHaveLength(32);
  expect(newSecret()).not.toEqual(newSecret());
});
