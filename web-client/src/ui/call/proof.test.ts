import { expect, test } from "vitest";
import { proofProblem } from "./proof";

test("nobody is let in before the link is checked, nor ever with a forged one", () => {
  expect(proofProblem("pending", true)).not.toBeNull();
  expect(proofProblem("forged", true)).not.toBeNull();
  expect(proofProblem("forged", false)).toBe(proofProblem("forged", true));
});

test("nobody is let in while there are no keys to give", () => {
  expect(proofProblem("proven", false)).not.toBeNull();
});

test("whoever has the link can be let in; so can those whose link the server made", () => {
  expect(proofProblem("proven", true)).toBeNull();
  expect(proofProblem("server_made", true)).toBeNull();
});
