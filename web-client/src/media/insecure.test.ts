import { expect, test } from "vitest";
import { insecureOf } from "./insecure";

test("finds whose frames cannot be opened, by device and source", () => {
  const health = new Map([
    ["0", { secure: true }],
    ["1", { secure: false }],
    ["9", { secure: false }],
  ]);
  const mids = new Map([
    ["d1/microphone", "0"],
    ["d1/camera", "1"],
    ["d2/camera", "2"],
  ] as const);
  expect([...insecureOf(health, mids)]).toEqual(["d1/camera"]);
});
