import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api";
import type { NoteView, SaveNote } from "../protocol";
import type { Draft, Drafts } from "./draft";
import { NoteEditor } from "./note";

class MemoryDrafts implements Drafts {
  readonly kept = new Map<string, Draft>();
  async read(note: string) {
    return this.kept.get(note) ?? null;
  }
  async write(note: string, draft: Draft) {
    this.kept.set(note, draft);
  }
  async remove(note: string) {
    this.kept.delete(note);
  }
}

/** A server with one note. */
class Server {
  view = {
    note: "n",
    version: 1,
    saved_at: null,
    demo: false,
    sections: [
      { key: "data", text: "" },
      { key: "plan", text: "" },
    ],
  } as unknown as NoteView;
  down = false;

  readonly fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    if (this.down) throw new TypeError("no network");
    if (init?.method !== "PUT") return Response.json(this.view);
    const { version, sections } = JSON.parse(String(init.body)) as SaveNote;
    if (version !== this.view.version) {
      return Response.json({ code: "conflict", reason: "", retry_after: null }, { status: 409 });
    }
    this.view = { ...this.view, version: version + 1, saved_at: 7, sections };
    return Response.json({ version: version + 1, saved_at: 7 });
  };
}

let server: Server;
let drafts: MemoryDrafts;
let editor: NoteEditor;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  drafts = new MemoryDrafts();
  editor = new NoteEditor("n", drafts);
  await editor.load();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("starts with nothing unsaved and counts empty sections", () => {
  expect(editor.unsaved.value).toBe(false);
  expect(editor.emptySections.value).toBe(2);
  editor.write("data", "  \n");
  expect(editor.emptySections.value).toBe(2);
  editor.write("data", "Slept better.");
  expect(editor.emptySections.value).toBe(1);
  expect(editor.unsaved.value).toBe(true);
});

test("saves all sections and then keeps nothing on the device", async () => {
  editor.write("data", "Slept better.");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(drafts.kept.size).toBe(1);
  expect(await editor.save()).toBe(true);
  expect(server.view.sections[0]).toEqual({ key: "data", text: "Slept better." });
  expect(editor.stored.value).toMatchObject({ version: 2, saved_at: 7 });
  expect(editor.progress.value).toBe("saved");
  expect(drafts.kept.size).toBe(0);
});

test("words typed while a save is under way stay unsaved", async () => {
  editor.write("data", "One.");
  const saving = editor.save();
  editor.write("plan", "Two.");
  expect(await saving).toBe(false);
  expect(editor.unsaved.value).toBe(true);
  expect(await editor.save()).toBe(true);
  expect(server.view.sections.map((section) => section.text)).toEqual(["One.", "Two."]);
});

test("a failed save loses nothing and can be tried again", async () => {
  server.down = true;
  editor.write("data", "One.");
  expect(await editor.save()).toBe(false);
  expect(editor.error.value).toEqual(new ApiError("offline"));
  expect(drafts.kept.get("n")?.sections[0]?.text).toBe("One.");
  server.down = false;
  expect(await editor.save()).toBe(true);
  expect(editor.error.value).toBeNull();
});

test("finds unsaved words again on the next visit", async () => {
  editor.write("data", "One.");
  await editor.keep();
  const next = new NoteEditor("n", drafts);
  await next.load();
  expect(next.restored.value).toBe(true);
  expect(next.sections.value[0]?.text).toBe("One.");
  expect(next.unsaved.value).toBe(true);
});

const savedElsewhere = () => {
  server.view = {
    ...server.view,
    version: 5,
    sections: [
      { key: "data", text: "Theirs." },
      { key: "plan", text: "" },
    ],
  };
};

test("never overwrites what was saved elsewhere without asking", async () => {
  editor.write("data", "Mine.");
  savedElsewhere();
  expect(await editor.save()).toBe(false);
  expect(editor.conflict.value?.version).toBe(5);
  expect(server.view.sections[0]?.text).toBe("Theirs.");
  expect(await editor.save()).toBe(false);
});

test("a conflict can be settled with one's own words", async () => {
  editor.write("data", "Mine.");
  savedElsewhere();
  await editor.save();
  expect(await editor.keepMine()).toBe(true);
  expect(server.view).toMatchObject({ version: 6 });
  expect(server.view.sections[0]?.text).toBe("Mine.");
});

test("a conflict can be settled with the other words", async () => {
  editor.write("data", "Mine.");
  savedElsewhere();
  await editor.save();
  await editor.takeTheirs();
  expect(editor.sections.value[0]?.text).toBe("Theirs.");
  expect(editor.unsaved.value).toBe(false);
  expect(drafts.kept.size).toBe(0);
});

test("a draft of an older version asks before it replaces anything", async () => {
  editor.write("data", "Mine.");
  await editor.keep();
  savedElsewhere();
  const next = new NoteEditor("n", drafts);
  await next.load();
  expect(next.conflict.value?.version).toBe(5);
  expect(next.sections.value[0]?.text).toBe("Mine.");
});

test("discarding goes back to what is stored", async () => {
  editor.write("data", "Mine.");
  await editor.keep();
  await editor.discard();
  expect(editor.unsaved.value).toBe(false);
  expect(drafts.kept.size).toBe(0);
});
