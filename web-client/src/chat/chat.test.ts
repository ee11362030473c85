import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it, test } from "vitest";
import type { Member } from "../crypto/group";
import type { Audience, Security, Text } from "../crypto/room";
import { Chat, type Readers } from "./chat";
import { readersIn } from "./readers";

interface Sent {
  text: string;
  to: Audience;
  id: string;
  take: () => void;
  fail: () => Promise<void>;
}

let texts = signal<readonly Text[]>([]);
let readers = signal<Readers>({ facilitators: ["Maya"], others: true });
let sent: Sent[] = [];
let chat: Chat;
let isOn = signal(true);
let leads = signal(false);
let now = 0;

beforeEach(() => {
  texts = signal<readonly Text[]>([]);
  readers = signal<Readers>({ facilitators: ["Maya"], others: true });
  sent = [];
  isOn = signal(true);
  leads = signal(false);
  now = 1_000;
  let made = 0;
  chat = new Chat({
    texts,
    readers,
    isOn,
    leads,
    turn: async () => {},
    now: () => now,
    newId: () => {
      made += 1;
      return `id-${made}`;
    },
    send: (text, to, id) =>
      new Promise<void>((resolve, reject) => {
        const fail = async () => {
          reject(new Error("lost"));
          await Promise.resolve();
          await Promise.resolve();
        };
        sent.push({ text, to, id, take: resolve, fail });
      }),
  });
});

function came(text: string, more: Partial<Text> = {}): void {
  const one = { id: `came-${texts.value.length}`, from: "ben", name: "Ben", leads: false, text };
  texts.value = [...texts.value, { ...one, isPrivate: false, isOwn: false, at: 1, ...more }].slice(
    -500,
  );
}

function say(text: string): void {
  chat.draft.value = text;
  chat.send();
}

const shown = () => chat.lines.value.map(({ text, state }) => `${text} ${state}`);

describe("what is written", () => {
  it("is shown as being sent until it comes back, and then once", () => {
    say("hello");
    expect(chat.draft.value).toBe("");
    expect(shown()).toEqual(["hello sending"]);
    came("hello", { id: "id-1", isOwn: true });
    sent[0]?.take();
    expect(shown()).toEqual(["hello sent"]);
  });

  it("is shown as not sent when it fails, and is sent again as the same text to the same readers", async () => {
    chat.audience.value = "facilitators";
    say("please");
    await sent[0]?.fail();
    expect(shown()).toEqual(["please failed"]);
    chat.audience.value = "everyone";
    chat.retry("id-1");
    chat.retry("id-1");
    expect(shown()).toEqual(["please sending"]);
    expect(sent.map(({ text, to, id }) => [text, to, id])).toEqual([
      ["please", "facilitators", "id-1"],
      ["please", "facilitators", "id-1"],
    ]);
    came("please", { id: "id-1", isOwn: true, isPrivate: true });
    expect(shown()).toEqual(["please sent"]);
  });

  it("is no failure any more when it came back after its answer was lost", async () => {
    say("hello");
    await sent[0]?.fail();
    came("hello", { id: "id-1", isOwn: true });
    expect(shown()).toEqual(["hello sent"]);
  });

  it("stays out of the list when it came back before its answer was lost", async () => {
    say("hello");
    came("hello", { id: "id-1", isOwn: true });
    await sent[0]?.fail();
    expect(shown()).toEqual(["hello sent"]);
  });

  it("can be given up when it failed, and not before", async () => {
    say("hello");
    chat.discard("id-1");
    expect(shown()).toEqual(["hello sending"]);
    await sent[0]?.fail();
    chat.discard("id-1");
    expect(shown()).toEqual([]);
  });

  it("is not taken for one's own when somebody else uses its number", () => {
    say("hello");
    came("other words", { id: "id-1" });
    expect(shown()).toEqual(["other words sent", "hello sending"]);
  });
});

describe("the draft", () => {
  it("has 1 to 2,000 characters besides the space around it", () => {
    expect(chat.problem.value).toBe("empty");
    chat.draft.value = " \n ";
    expect(chat.problem.value).toBe("empty");
    expect(chat.send()).toBe(false);
    chat.draft.value = `${"👋".repeat(2_000)}\n`;
    expect(chat.problem.value).toBeNull();
    expect(chat.left.value).toBe(0);
    chat.draft.value = "a".repeat(2_003);
    expect([chat.problem.value, chat.left.value]).toEqual(["too_long", -3]);
    expect(chat.send()).toBe(false);
    expect(chat.draft.value).toHaveLength(2_003);
    expect(sent).toEqual([]);
  });

  it("says what is left when it is little", () => {
    chat.draft.value = "a".repeat(1_799);
    expect(chat.left.value).toBeNull();
    chat.draft.value = "a".repeat(1_800);
    expect(chat.left.value).toBe(200);
  });

  it("keeps the spaces and lines inside it", () => {
    say("  one\n\n two ");
    expect(sent[0]?.text).toBe("one\n\n two");
  });
});

describe("who can read it", () => {
  it("is a choice where there are both people who lead and others", () => {
    expect(chat.offersChoice.value).toBe(true);
    readers.value = { facilitators: ["Maya"], others: false };
    expect(chat.offersChoice.value).toBe(false);
    readers.value = { facilitators: [], others: true };
    expect(chat.offersChoice.value).toBe(false);
  });

  it("never becomes everyone by itself: what is for those who lead waits until one is there", () => {
    chat.audience.value = "facilitators";
    chat.draft.value = "only for you";
    readers.value = { facilitators: [], others: true };
    expect(chat.offersChoice.value).toBe(true);
    expect(chat.problem.value).toBe("nobody");
    expect(chat.send()).toBe(false);
    readers.value = { facilitators: ["Sam"], others: true };
    expect(chat.send()).toBe(true);
    expect(sent[0]?.to).toBe("facilitators");
  });
});

describe("while the chat is off", () => {
  it("only those who lead write", () => {
    isOn.value = false;
    chat.draft.value = "hello";
    expect([chat.problem.value, chat.send()]).toEqual(["off", false]);
    leads.value = true;
    expect([chat.problem.value, chat.send()]).toEqual([null, true]);
  });

  it("only what they write is shown and counted", () => {
    isOn.value = false;
    now += 3_000;
    came("past the rule");
    came("go on, please", { leads: true });
    expect(shown()).toEqual(["go on, please sent"]);
    expect(chat.unread.value).toBe(1);
    isOn.value = true;
    came("thanks");
    expect(shown()).toEqual(["go on, please sent", "thanks sent"]);
  });

  it("what was sent before and is still under way comes", () => {
    isOn.value = false;
    now += 2_999;
    came("just before");
    expect(shown()).toEqual(["just before sent"]);
  });

  it("one's own that came too late is said to have failed, and is another text once it is on again", async () => {
    say("hello");
    isOn.value = false;
    now += 3_000;
    came("hello", { id: "id-1", isOwn: true });
    expect(shown()).toEqual(["hello failed"]);
    chat.retry("id-2");
    expect(sent).toHaveLength(1);
    isOn.value = true;
    chat.retry("id-2");
    expect(sent.map(({ id }) => id)).toEqual(["id-1", "id-2"]);
  });
});

describe("what nobody has looked at", () => {
  it("is counted while the chat is closed, without one's own", () => {
    came("one");
    came("two", { isOwn: true });
    came("three");
    expect(chat.unread.value).toBe(2);
    chat.setOpen(true);
    expect(chat.unread.value).toBe(0);
    came("four");
    expect(chat.unread.value).toBe(0);
    chat.setOpen(false);
    came("five");
    expect(chat.unread.value).toBe(1);
  });

  it("is counted on when the oldest texts are gone", () => {
    for (let n = 0; n < 600; n += 1) came(`text ${n}`, { id: `n-${n}` });
    expect(chat.unread.value).toBe(600);
    expect(chat.lines.value).toHaveLength(500);
    expect(chat.lines.value[0]?.text).toBe("text 100");
  });

  it("is news once, all that came together", () => {
    came("one");
    expect(chat.news.value.map(({ text }) => text)).toEqual(["one"]);
    texts.value = [
      ...texts.value,
      ...["two", "three"].map((text) => ({ ...(texts.value[0] as Text), id: text, text })),
    ];
    expect(chat.news.value.map(({ text }) => text)).toEqual(["two", "three"]);
    came("mine", { isOwn: true });
    expect(chat.news.value.map(({ text }) => text)).toEqual(["two", "three"]);
  });
});

test("readers are the people in the tree, each once and without oneself", () => {
  const member = (device: string, participant: string, mayCommit = false): Member => ({
    ...{ device, participant, mayCommit, name: participant, leaf: 0, staff: null },
  });
  const maya = [member("laptop", "Maya", true), member("tablet", "Maya", true)];
  const ana = [member("phone", "Ana"), member("pc", "Ana")];
  const secure = (members: Member[]): Security => ({
    is: "secure",
    at: { scope: "session", group: 1, epoch: 1 },
    code: "",
    members,
    serverProof: true,
  });
  expect(readersIn(secure([...maya, ...ana]), "phone")).toEqual({
    facilitators: ["Maya"],
    others: false,
  });
  expect(readersIn(secure([...maya, ...ana, member("x", "Ben")]), "phone").others).toBe(true);
  expect(readersIn(secure([...maya, ...ana]), "laptop")).toEqual({
    facilitators: [],
    others: true,
  });
  const nobody = { facilitators: [], others: false };
  expect(readersIn({ is: "starting" }, "phone")).toEqual(nobody);
});
