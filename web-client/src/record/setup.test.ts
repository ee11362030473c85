import { expect, test } from "vitest";
import { grouped, passwordProblem } from "./setup";
import { isUsername } from "./staff";

test("asks for a long password, not for strange letters", () => {
  expect(passwordProblem("elevenchars", "maya")).toBe("too_short");
  expect(passwordProblem("twelve chars", "maya")).toBeNull();
  expect(passwordProblem("a".repeat(64) + "bcdef".repeat(13), "maya")).toBe("too_long");
});

test("counts letters as people do", () => {
  expect(passwordProblem("añoñoñandú señal", "maya")).toBeNull();
  expect(passwordProblem("🌲🌿🍀🌾🌵🌴🌳🌱🌼🌻🌺", "maya")).toBe("too_short");
});

test("takes no password that is the name or one letter over and over", () => {
  expect(passwordProblem("my Maya is here", "maya")).toBe("has_username");
  expect(passwordProblem("abababababab", "maya")).toBe("repeated");
});

test("shows a secret in groups of four", () => {
  expect(grouped("JBSWY3DPEH")).toBe("JBSW Y3DP EH");
});

test("knows which user names the server takes", () => {
  for (const good of ["sam", "sam.r", "a_b-c9"]) expect(isUsername(good)).toBe(true);
  for (const bad of ["sa", "Sam", "sam r", "sám", "a".repeat(65)])
    expect(isUsername(bad)).toBe(false);
});
