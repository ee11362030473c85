import { afterEach, expect, test } from "vitest";
import { firstName, language, list, plural, speak, table } from "./words";

afterEach(() => speak("en"));

const words = table(
  { hello: "Hello", waiting: (name: string) => `${name} is waiting` },
  { hello: "Hola", waiting: (name) => `${name} está esperando` },
);

test("says every word in the language of the moment and remembers it", () => {
  expect([words.hello, words.waiting("Ana")]).toEqual(["Hello", "Ana is waiting"]);
  speak("es");
  expect([words.hello, words.waiting("Ana")]).toEqual(["Hola", "Ana está esperando"]);
  expect(language.value).toBe("es");
  expect(localStorage.getItem("quietroom-language")).toBe("es");
});

test("counts and lists by the rules of the language", () => {
  expect([plural(1, "note", "notes"), plural(0, "note", "notes")]).toEqual(["note", "notes"]);
  expect(list(["Ana", "Luis", "Sam"])).toBe("Ana, Luis, and Sam");
  speak("es");
  expect(list(["Ana", "Luis", "Sam"])).toBe("Ana, Luis y Sam");
});

test("calls people by their first name", () => {
  expect(firstName("  Maya Okafor ")).toBe("Maya");
  expect(firstName("")).toBe("");
});
