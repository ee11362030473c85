import { afterEach, expect, test } from "vitest";
import { WAYS } from "../../media/way";
import { LANGUAGES, speak } from "../words";
import { wayWords } from "./way-words";

afterEach(() => speak("en"));

test("each way is told apart in each language", () => {
  const titles = LANGUAGES.flatMap((language) => {
    speak(language);
    return [null, ...WAYS].map((way) => wayWords(way).title);
  });
  expect(new Set(titles).size).toBe(LANGUAGES.length * (WAYS.length + 1));
});

test("a person behind a firewall hears that the call is as private", () => {
  for (const way of ["relay_udp", "relay_tcp", "relay_tls"] as const) {
    expect(wayWords(way).lead).toContain("just as private");
  }
});
