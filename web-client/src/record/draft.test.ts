import { beforeAll, expect, test } from "vitest";
import { type Draft, openDraft, sealDraft } from "./draft";

const draft: Draft = { version: 3, sections: [{ key: "data", text: "Slept better this week." }] };
let key: CryptoKey;

const newKey = () =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

beforeAll(async () => {
  key = await newKey();
});

test("gives back what was sealed", async () => {
  expect(await openDraft(key, "staff/note", await sealDraft(key, "staff/note", draft))).toEqual(
    draft,
  );
});

test("leaves no word readable", async () => {
  const { data } = await sealDraft(key, "staff/note", draft);
  expect(new TextDecoder().decode(data)).not.toContain("Slept");
});

test("opens for nobody else and for no other note", async () => {
  const sealed = await sealDraft(key, "staff/note", draft);
  expect(await openDraft(await newKey(), "staff/note", sealed)).toBeNull();
  expect(await openDraft(key, "staff/other", sealed)).toBeNull();
});
