import { describe, expect, test } from "vitest";
import { partsOf } from "./links";

const links = (text: string) =>
  partsOf(text).flatMap((part) => (part.is === "link" ? [[part.text, part.href, part.host]] : []));

test("a text without addresses is one piece, and none is lost", () => {
  expect(partsOf("See you at 2.30, ok?")).toEqual([{ is: "words", text: "See you at 2.30, ok?" }]);
  expect(partsOf("")).toEqual([]);
});

test("the pieces together are the text", () => {
  const text = "A https://a.example/x, (see www.b.example) and\nhttp://c.example. ¡Fin!";
  expect(
    partsOf(text)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
  expect(links(text).map(([, , host]) => host)).toEqual([
    "a.example",
    "www.b.example",
    "c.example",
  ]);
});

test.each([
  ["https://a.example/path?x=1#y", "https://a.example/path?x=1#y"],
  ["HTTPS://A.example", "https://a.example/"],
  ["www.a.example/x", "https://www.a.example/x"],
  ["https://a.example:8443/", "https://a.example:8443/"],
  ["https://en.example/Skill_(therapy)", "https://en.example/Skill_(therapy)"],
])("%s is a link", (text, href) => {
  expect(links(text)).toEqual([[text, href, new URL(href).host]]);
});

test.each([
  ["(https://a.example/x)", "https://a.example/x"],
  ["https://a.example/x.", "https://a.example/x"],
  ["“https://a.example/x”…", "https://a.example/x"],
  ["see https://a.example/x?!", "https://a.example/x"],
])("%s ends where the address does", (text, inside) => {
  expect(links(text).map(([written]) => written)).toEqual([inside]);
});

describe("what stays words", () => {
  test.each([
    "javascript:alert(1)",
    "data:text/html,hi",
    "mailto:ana@a.example",
    "ftp://a.example",
    "https://",
    "www.",
    "www.example",
    "xhttps://a.example",
    "https://bank.example@evil.example/",
    "https://name:word@evil.example/",
    "<b>bold</b>",
  ])("%s", (text) => expect(links(text)).toEqual([]));
});

test("says in ASCII where letters lead that look like others", () => {
  expect(links("https://аpple.example")[0]?.[2]).toMatch(/^xn--/u);
});

test("an address ends where the direction of the text is turned", () => {
  expect(links("https://a.example/\u202Egpj.exe").map(([written]) => written)).toEqual([
    "https://a.example/",
  ]);
});
