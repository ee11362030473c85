import { afterEach, expect, test } from "vitest";
import type { Booked, Role, SessionSummary } from "../../protocol";
import { namesHidden } from "../names";
import { sessionSub, sessionTitle } from "./titles";

afterEach(() => {
  namesHidden.value = false;
});

const person = (name: string, role: Role = "client") => ({
  participant: name,
  person: name,
  name,
  role,
});
const session = (kind: SessionSummary["kind"], people: Partial<Booked>[]) =>
  ({ kind, people }) as unknown as SessionSummary;

test("a session is named by whom it is for, and says who else comes", () => {
  const one = session("individual", [person("Ana Ruiz"), person("Sam Lee", "observer")]);
  expect([sessionTitle(one), sessionSub(one)]).toEqual(["Ana Ruiz", "One to one, with observer"]);
});

test("a class is told from another by who is in it", () => {
  const names = ["Ana Ruiz", "Luis T.", "Sam Lee", "Kim Park", "Tess B."];
  const four = session(
    "group_class",
    names.slice(0, 4).map((name) => person(name)),
  );
  expect([sessionTitle(four), sessionSub(four)]).toEqual([
    "Group class",
    "4 people: Ana, Luis, Sam, and Kim",
  ]);
  const five = session(
    "group_class",
    names.map((name) => person(name)),
  );
  expect(sessionSub(five)).toBe("5 people: Ana, Luis, Sam, and 2 more");
});

test("hidden names show as initials everywhere", () => {
  namesHidden.value = true;
  const one = session("individual", [person("Ana Ruiz")]);
  expect(sessionTitle(one)).toBe("A. R.");
  expect(sessionSub(session("group_class", [person("Ana Ruiz"), person("Luis T.")]))).toBe(
    "2 people: A. and L.",
  );
});
