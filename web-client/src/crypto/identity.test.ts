// @vitest-environment node
import { expect, test } from "vitest";
import { utf8 } from "./bytes";
import {
  fingerprintOf,
  makeIdentity,
  openSeat,
  sealSeat,
  signAs,
  unwrapIdentity,
  verifyBy,
} from "./identity";
import { readCode } from "./recovery-code";

const seat = {
  bindKey: new Uint8Array(32).fill(1),
  shareKey: new Uint8Array(32).fill(2),
  role: "client",
  name: "Ana María",
} as const;

test("opens a wrapped identity with its code in another browser, and seals and signs as the same one", async () => {
  const made = await makeIdentity();
  expect(made.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}$/u);
  expect(made.wrapped.length).toBeLessThanOrEqual(1024);
  const typed = ` ${made.code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `;
  const opened = await unwrapIdentity(made.wrapped, typed);
  if (opened === null) throw new Error("not opened");
  expect(opened.publicKey).toEqual(made.identity.publicKey);
  expect(opened.publicKey).toHaveLength(65);
  const signature = await signAs(opened, utf8("text"));
  expect(await verifyBy(made.identity.publicKey, utf8("text"), signature)).toBe(true);
  expect(await verifyBy(made.identity.publicKey, utf8("texts"), signature)).toBe(false);
  const sealed = await sealSeat(made.identity, "session", "participant", seat);
  expect(await openSeat(opened, "session", "participant", sealed)).toEqual(seat);
});

test("keeps its keys from being exported", async () => {
  const { identity } = await makeIdentity();
  expect(identity.signingKey.extractable).toBe(false);
  expect(identity.sealingKey.extractable).toBe(false);
});

test("opens nothing with another code, a code that is none, or for changed bytes", async () => {
  const [one, other] = [await makeIdentity(), await makeIdentity()];
  expect(await unwrapIdentity(one.wrapped, other.code)).toBeNull();
  expect(await unwrapIdentity(one.wrapped, "")).toBeNull();
  expect(await unwrapIdentity(one.wrapped, `${one.code}0`)).toBeNull();
  expect(await unwrapIdentity(new Uint8Array(), one.code)).toBeNull();
  for (const at of [0, 1, 70, one.wrapped.length - 1]) {
    const changed = one.wrapped.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await unwrapIdentity(changed, one.code)).toBeNull();
  }
});

test("opens a seat for its own session and participant only", async () => {
  const [one, other] = [(await makeIdentity()).identity, (await makeIdentity()).identity];
  const sealed = await sealSeat(one, "session", "participant", seat);
  expect(sealed.length).toBeLessThanOrEqual(1024);
  expect(await openSeat(one, "session", "another", sealed)).toBeNull();
  expect(await openSeat(one, "another", "participant", sealed)).toBeNull();
  expect(await openSeat(other, "session", "participant", sealed)).toBeNull();
});

test("has a fingerprint of 32 bytes, another one for another identity", async () => {
  const [one, other] = [(await makeIdentity()).identity, (await makeIdentity()).identity];
  expect(await fingerprintOf(one.publicKey)).toHaveLength(32);
  expect(await fingerprintOf(one.publicKey)).not.toEqual(await fingerprintOf(other.publicKey));
});

test("verifies nothing by a public key that is none", async () => {
  expect(await verifyBy(new Uint8Array(65), utf8("text"), new Uint8Array(64))).toBe(false);
});

test("reads no code with letters that are not in the alphabet", () => {
  expect(readCode("UUUUU-UUUUU-UUUUU-UUUUU-UUUUUU")).toBeNull();
  expect(readCode("ABCDE-ABCDE-ABCDE-ABCDE-ABCDE")).toBeNull();
  expect(readCode("iloil-ABCDE-ABCDE-ABCDE-ABCDEF")).toEqual(
    readCode("11011ABCDEABCDEABCDEABCDEF"),
  );
});
