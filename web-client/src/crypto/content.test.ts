// @vitest-environment node
import { expect, test } from "vitest";
import { concat, field, utf8 } from "./bytes";
import {
  ContentKeys,
  type ContentMessage,
  decodeContent,
  encodeContent,
  MOST_CHARACTERS,
  newTextId,
  openSeats,
  sealSeats,
} from "./content";
import { CryptoRefusal } from "./refusal";
import { refusal } from "./testing/people";

const entry = utf8("a stroke");

test("writes each kind of message and reads it back", () => {
  const messages: ContentMessage[] = [
    { type: "text", id: newTextId(), text: "¿Me oyes? 👋" },
    { type: "private_text", body: utf8("b"), keys: [{ to: "host", sealed: utf8("k") }] },
    { type: "private_text", body: utf8("b"), keys: [] },
    { type: "content_key", keyId: 3, key: new Uint8Array(16).fill(5), since: 7 },
    { type: "seats", to: "device", sealed: new Uint8Array([1, 2, 3]) },
  ];
  for (const message of messages) expect(decodeContent(encodeContent(message))).toEqual(message);
});

test("refuses messages of other kinds, cut short, longer or not UTF-8", () => {
  const text = encodeContent({ type: "text", id: newTextId(), text: "hello" });
  const id = [...new Uint8Array(16)];
  for (const bytes of [
    new Uint8Array(),
    Uint8Array.of(9),
    text.slice(0, -1),
    Uint8Array.of(...text, 0),
    Uint8Array.of(3, ...id, 0, 0, 0, 1, 0xff),
    Uint8Array.of(3, 0, 0, 0, 1, 0x61),
    Uint8Array.of(4),
    Uint8Array.of(4, 2, 0, 0, 0, 0),
    Uint8Array.of(4, 1, 0, 0, 0, 0, 0, 0, 0, 1),
    Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7),
  ]) {
    expect(() => decodeContent(bytes)).toThrow(CryptoRefusal);
  }
});

test("takes texts of 1 to 2,000 characters, however many bytes those have", () => {
  const id = newTextId();
  const longest = { type: "text", id, text: "👋".repeat(MOST_CHARACTERS) } as const;
  expect(decodeContent(encodeContent(longest))).toEqual(longest);
  for (const text of ["", " \n", `${longest.text}.`, "a".repeat(MOST_CHARACTERS + 1)]) {
    expect(() => encodeContent({ type: "text", id, text })).toThrow(RangeError);
    // What another page sends all the same is refused here.
    const bytes = concat(Uint8Array.of(3), new Uint8Array(16), field(utf8(text)));
    expect(() => decodeContent(bytes)).toThrow(CryptoRefusal);
  }
  expect(() => encodeContent({ type: "text", id: "short", text: "hello" })).toThrow(RangeError);
});

test("encrypts under the newest key and decrypts under any it knows", async () => {
  const one = ContentKeys.none.with(ContentKeys.make(ContentKeys.none, 1));
  const early = await one.encrypt(entry, "ana", "session");
  const two = one.with(ContentKeys.make(one, 2));
  const late = await two.encrypt(entry, "ana", "session");
  if (early === null || late === null) throw new Error("there is a key");
  expect(await two.decrypt(early, "ana", "session")).toEqual(entry);
  expect(await two.decrypt(late, "ana", "session")).toEqual(entry);
  expect(await refusal(one.decrypt(late, "ana", "session"))).toBe("unreadable");
  expect(two.newest?.keyId).toBe(2);
  expect([one.knows(early), one.knows(late), two.knows(late)]).toEqual([true, false, true]);
  expect(two.knows(new Uint8Array(2))).toBe(false);
});

test("has nothing to encrypt with before the first key", async () => {
  expect(await ContentKeys.none.encrypt(entry, "ana", "session")).toBeNull();
});

test("binds an entry to its author, and refuses a changed one", async () => {
  const keys = ContentKeys.none.with(ContentKeys.make(ContentKeys.none, 1));
  const sealed = await keys.encrypt(entry, "ana", "session");
  if (sealed === null) throw new Error("there is a key");
  expect(await refusal(keys.decrypt(sealed, "ben", "session"))).toBe("unreadable");
  for (const at of [3, 4, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await refusal(keys.decrypt(changed, "ana", "session"))).toBe("unreadable");
  }
  expect(await refusal(keys.decrypt(new Uint8Array(2), "ana", "session"))).toBe("unreadable");
});

test("keeps the key it knows when another one comes with the same number", async () => {
  const first = ContentKeys.make(ContentKeys.none, 1);
  const keys = ContentKeys.none.with(first).with(ContentKeys.make(ContentKeys.none, 1));
  expect(keys.newest).toEqual(first);
});

test("shares seats with one co-facilitator's device only", async () => {
  const key = new Uint8Array(32).fill(9);
  const seats = [
    { participant: "ana", link: "1", role: "client", bindKey: new Uint8Array(32).fill(1) },
    { participant: "ben", link: "2", role: "observer", bindKey: new Uint8Array(32).fill(2) },
  ] as const;
  const sealed = await sealSeats(key, "helper", seats);
  expect(await openSeats(key, "helper", sealed)).toEqual(seats);
  expect(await openSeats(key, "another", sealed)).toBeNull();
  expect(await openSeats(new Uint8Array(32), "helper", sealed)).toBeNull();
});
