import { expect, test } from "vitest";
import { groupsOf, spokenCode } from "./safety";

const CODE = "01234567890123456789";

test("shows the safety code in groups of five", () => {
  expect(groupsOf(CODE)).toEqual(["01234", "56789", "01234", "56789"]);
});

test("is read digit by digit, with a rest after each group", () => {
  expect(spokenCode(CODE)).toBe("0 1 2 3 4, 5 6 7 8 9, 0 1 2 3 4, 5 6 7 8 9");
});
