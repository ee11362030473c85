import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Chat } from "../../chat/chat";
import type { Text } from "../../crypto/room";
import { ChatPanel } from "./ChatPanel";

const send = vi.fn<(text: string, to: string, id: string) => Promise<void>>();
const onClose = vi.fn();
const turn = vi.fn<(on: boolean) => Promise<unknown>>();
let isOn = signal(true);
let leads = signal(false);
let texts = signal<readonly Text[]>([]);
let chat: Chat;

beforeEach(async () => {
  send.mockReset().mockResolvedValue();
  onClose.mockReset();
  turn.mockReset().mockResolvedValue(null);
  texts = signal<readonly Text[]>([]);
  const readers = signal({ facilitators: ["Maya Okafor"], others: true });
  let made = 0;
  const newId = () => {
    made += 1;
    return `id-${made}`;
  };
  isOn = signal(true);
  leads = signal(false);
  const now = () => 0;
  chat = new Chat({ texts, readers, newId, send, isOn, leads, turn, now });
  await act(() => render(<ChatPanel chat={chat} onClose={onClose} />, document.body));
});

afterEach(() => {
  render(null, document.body);
  chat.stop();
});

const field = () => document.querySelector("textarea") as HTMLTextAreaElement;
const button = (name: string) =>
  [...document.querySelectorAll("button")].find(
    (one) => one.textContent === name || one.ariaLabel === name,
  );
const log = () => document.querySelector('[role="log"]') as HTMLElement;

async function type(text: string): Promise<void> {
  await act(() => {
    field().value = text;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  await act(() => void field().dispatchEvent(event));
}

async function came(text: string): Promise<void> {
  const one: Text = {
    ...{ id: `came-${text}`, from: "ben", name: "Ben", leads: false, text },
    ...{ isPrivate: false, isOwn: false, at: 0 },
  };
  await act(() => {
    texts.value = [...texts.value, one];
  });
}

test("takes the focus to where one writes", () => {
  expect(document.activeElement).toBe(field());
});

test("Enter sends; Shift and Enter, and Enter that ends a composition, do not", async () => {
  await type("hello");
  await press("Enter", { shiftKey: true });
  await press("Enter", { isComposing: true });
  expect(send).not.toHaveBeenCalled();
  await press("Enter");
  expect(send.mock.calls).toEqual([["hello", "everyone", "id-1"]]);
  expect(field().value).toBe("");
});

test("Escape closes", async () => {
  await press("Escape");
  expect(onClose).toHaveBeenCalledOnce();
});

test("says who reads a private text before it is sent", async () => {
  const [, few] = document.querySelectorAll<HTMLInputElement>('input[type="radio"]');
  expect(few?.parentElement?.textContent).toBe("Only Maya");
  await act(() => few?.click());
  expect(field().placeholder).toBe("Write to Maya only");
  await type("please");
  await press("Enter");
  expect(send.mock.calls[0]?.[1]).toBe("facilitators");
  expect(log().textContent).toContain("Private");
});

test("a text that was not sent says so and is sent again as the same", async () => {
  send.mockRejectedValueOnce(new Error("lost"));
  await type("hello");
  await press("Enter");
  await act(async () => {});
  expect(log().textContent).toContain("Not sent.");
  await act(() => button("Try again")?.click());
  expect(log().textContent).not.toContain("Not sent.");
  expect(send.mock.calls.map(([, , id]) => id)).toEqual(["id-1", "id-1"]);
});

test("a text too long cannot be sent and says by how much", async () => {
  await type("a".repeat(2_005));
  expect(document.querySelector(".composer .field-error")?.textContent).toBe(
    "5 characters too many",
  );
  await press("Enter");
  await act(() => button("Send")?.click());
  expect(send).not.toHaveBeenCalled();
  expect(field().value).toHaveLength(2_005);
});

test("what others write is words, and nothing leads anywhere before it was asked for", async () => {
  await came("<b>hi</b> https://a.example/x");
  expect(log().querySelector(".chat-text")?.children).toHaveLength(1);
  expect(log().querySelector("a")).toBeNull();
  await act(() => button("https://a.example/x")?.click());
  const link = log().querySelector("a");
  expect(link?.getAttribute("href")).toBe("https://a.example/x");
  expect([link?.target, link?.rel]).toEqual(["_blank", "noopener noreferrer"]);
  expect(log().textContent).toContain("This link goes to a.example.");
  await act(() => button("Not now")?.click());
  expect(log().querySelector("a")).toBeNull();
  expect(document.activeElement?.textContent).toBe("https://a.example/x");
});

test("while the chat is off there is nothing to write in, and what was written is still there", async () => {
  await type("unfinished");
  await act(() => {
    isOn.value = false;
  });
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.body.textContent).toContain("The chat is off.");
  await act(() => {
    isOn.value = true;
  });
  expect(field().value).toBe("unfinished");
});

test("those who lead turn it off and on, and go on writing", async () => {
  await act(() => {
    leads.value = true;
  });
  const toggle = () => document.querySelector<HTMLInputElement>('[role="switch"]');
  await act(() => toggle()?.click());
  expect(turn.mock.calls).toEqual([[false]]);
  await act(() => {
    isOn.value = false;
  });
  expect(toggle()?.checked).toBe(false);
  expect(field()).not.toBeNull();
  turn.mockRejectedValueOnce(new Error("refused"));
  await act(() => toggle()?.click());
  await act(async () => {});
  expect(document.body.textContent).toContain("That did not work.");
});
