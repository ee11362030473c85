// @vitest-environment node
import { expect, test } from "vitest";
import {
  bindKeyOf,
  bindPackage,
  newSecret,
  readInvitation,
  shareKeyOf,
  verifyBinding,
  writeInvitation,
} from "./invitation";

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const pinned = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const ref = new Uint8Array(32).fill(7);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

// Worked out with Python's hmac and hashlib by RFC 5869 and RFC 2104.
const bindKey = "4b85606598874af47d9099c7eb9295e60282f01978b11f443c52108952688dd2";
const shareKey = "fdbb316324b3aa23109308430a5b60bd8cea6bf98a5b62f0173114c78fa76fce";
const binding = "92e033a1b3fa73363245b7040e051f735fa534122e15e5beead5ec3f0552b519";

test("carries the secret and the host's fingerprint, and reads them back", () => {
  expect(readInvitation(writeInvitation(secret, pinned))).toEqual({ secret, pinned });
  expect(writeInvitation(secret, pinned)).toHaveLength(86);
});

test("reads a link that the server made: nothing is pinned", () => {
  expect(readInvitation(writeInvitation(secret, null))).toEqual({ secret, pinned: null });
});

test("reads no link that is cut short, longer or not base64url", () => {
  const whole = writeInvitation(secret, pinned);
  for (const fragment of ["", "a", whole.slice(0, -1), `${whole}AA`, whole.replace("A", "+")]) {
    expect(readInvitation(fragment)).toBeNull();
  }
});

test("derives the keys of a link by HKDF", async () => {
  expect(hex(await bindKeyOf(secret))).toBe(bindKey);
  expect(hex(await shareKeyOf(secret))).toBe(shareKey);
});

test("binds a key package to its link, its session and its holder's knowledge", async () => {
  const key = await bindKeyOf(secret);
  const made = await bindPackage(key, ref, "session", "link");
  expect(hex(made)).toBe(binding);
  expect(await verifyBinding(key, ref, "session", "link", made)).toBe(true);

  const otherRef = new Uint8Array(32).fill(8);
  const otherKey = await bindKeyOf(newSecret());
  expect(await verifyBinding(key, otherRef, "session", "link", made)).toBe(false);
  expect(await verifyBinding(key, ref, "session2", "link", made)).toBe(false);
  expect(await verifyBinding(key, ref, "session", "link2", made)).toBe(false);
  expect(await verifyBinding(otherKey, ref, "session", "link", made)).toBe(false);
  expect(await verifyBinding(key, ref, "session", "link", new Uint8Array())).toBe(false);
  // Fields cannot flow into each other.
  expect(await bindPackage(key, ref, "sessionl", "ink")).not.toEqual(made);
});
