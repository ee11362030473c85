// @vitest-environment node
import { beforeAll, expect, test } from "vitest";
import { utf8 } from "./bytes";
import { decodeContent, encodeContent, newTextId, type PrivateText } from "./content";
import type { Group, Member } from "./group";
import { openPrivately, readersOf, sealPrivately } from "./private-text";
import { admit, clinic, refusal, there } from "./testing/people";

const text = { id: newTextId(), text: "¿Puedo hablar contigo después?" };
let host: Group;
let tablet: Group;
let ana: Group;
let ben: Group;

// A host with two devices, and two guests.
beforeAll(async () => {
  const made = await clinic();
  const first = await admit(made.host, ["tablet"], [], made.identity);
  const second = await admit(first.by, ["ana", "ben"], first.joined);
  host = second.by;
  tablet = there(second.others[0]);
  ana = there(second.joined[0]);
  ben = there(second.joined[1]);
});

const memberIn = (group: Group, device: string): Member =>
  there(group.members.find((member) => member.device === device));

const open = (group: Group, from: string, message: PrivateText) =>
  openPrivately(group, memberIn(group, from), message);

test("a text to the facilitators is opened by each of their devices, and by no other member", async () => {
  const sealed = await sealPrivately(ana, text);
  expect(sealed.keys.map(({ to }) => to).sort()).toEqual(["host", "tablet"]);
  for (const group of [host, tablet]) {
    expect(await open(group, "ana", sealed)).toEqual({ type: "text", ...text });
  }
  expect(await open(ben, "ana", sealed)).toBeNull();
  // Not by taking another's key for one's own, either.
  const own = there(sealed.keys[0]);
  expect(await refusal(ben.openOwn(own.sealed, "quietroom private text 1", utf8("")))).toBe(
    "unreadable",
  );
});

test("the author's other devices read it too", () => {
  const member = (device: string, participant: string, mayCommit = false): Member => ({
    ...{ device, participant, mayCommit, name: device, leaf: 0, staff: null },
  });
  const members = [
    member("host", "maya", true),
    member("ana", "ana"),
    member("ana's phone", "ana"),
    member("ben", "ben"),
  ];
  const readers = readersOf(there(members[1]), members).map(({ device }) => device);
  expect(readers).toEqual(["host", "ana's phone"]);
});

test("a facilitator's text goes to the other facilitators' devices", async () => {
  const sealed = await sealPrivately(host, text);
  expect(sealed.keys.map(({ to }) => to)).toEqual(["tablet"]);
  expect(await open(tablet, "host", sealed)).toEqual({ type: "text", ...text });
  expect(await open(ana, "host", sealed)).toBeNull();
});

test("is not sealed when nobody who leads could read it", async () => {
  const alone = await clinic();
  expect(await refusal(sealPrivately(alone.host, text))).toBe("stranger");
});

test("one guest cannot write to another past the facilitators", async () => {
  const sealed = await sealPrivately(ana, text);
  const keys = [{ to: "ben", sealed: there(sealed.keys[0]).sealed }];
  expect(await open(ben, "ana", { ...sealed, keys })).toBeNull();
});

test("refuses what was tampered with, is by another author or for another reader", async () => {
  const sealed = await sealPrivately(ana, text);
  const own = there(sealed.keys.find(({ to }) => to === "host"));
  const other = there(sealed.keys.find(({ to }) => to === "tablet"));
  for (const at of [0, 20, sealed.body.length - 1]) {
    const body = flipped(sealed.body, at);
    expect(await refusal(open(host, "ana", { ...sealed, body }))).toBe("unreadable");
  }
  for (const at of [0, 31, 32, own.sealed.length - 1]) {
    const keys = [{ to: "host", sealed: flipped(own.sealed, at) }];
    expect(await refusal(open(host, "ana", { ...sealed, keys }))).toBe("unreadable");
  }
  for (const cut of [new Uint8Array(), own.sealed.slice(0, 32)]) {
    const keys = [{ to: "host", sealed: cut }];
    expect(await refusal(open(host, "ana", { ...sealed, keys }))).toBe("unreadable");
  }
  expect(await refusal(open(host, "ben", sealed))).toBe("unreadable");
  const swapped = [{ to: "host", sealed: other.sealed }];
  expect(await refusal(open(host, "ana", { ...sealed, keys: swapped }))).toBe("unreadable");
  const another = await sealPrivately(ana, { ...text, id: newTextId() });
  expect(await refusal(open(host, "ana", { ...sealed, body: another.body }))).toBe("unreadable");
});

test("opens in the epoch it was sent in, and in no later one", async () => {
  const sealed = await sealPrivately(ana, text);
  const { by: later } = await admit(host, ["cy"]);
  expect(await refusal(open(later, "ana", sealed))).toBe("unreadable");
  expect(await open(host, "ana", sealed)).toEqual({ type: "text", ...text });
});

test("says no more than the order of its length", async () => {
  const lengthOf = async (said: string) =>
    (await sealPrivately(ana, { ...text, text: said })).body.length;
  expect(await lengthOf("a")).toBe(await lengthOf("a".repeat(100)));
  expect(await lengthOf("a".repeat(1_990))).toBe(await lengthOf("a".repeat(2_000)));
});

test("is written down and read back, and refused in a format that is not known", async () => {
  const sealed = await sealPrivately(ana, text);
  const bytes = encodeContent(sealed);
  expect(decodeContent(bytes)).toEqual(sealed);
  bytes[1] = 2;
  expect(() => decodeContent(bytes)).toThrow("unreadable");
});

function flipped(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
