// One note being written: what the server has, what the clinician has typed, and how the two meet.

import { computed, signal } from "@preact/signals";
import { ApiError, get, put } from "../api";
import type { NoteId, NoteView, Saved, SaveNote, Section } from "../protocol";
import type { Drafts } from "./draft";

export type Progress = "idle" | "saving" | "saved";

/** Most characters of one section. */
export const MOST_CHARACTERS = 20_000;

const KEEP_AFTER_MS = 800;

export class NoteEditor {
  /** The note as the server has it; `null` until it is read. */
  readonly stored = signal<NoteView | null>(null);
  /** The sections as they are typed. */
  readonly sections = signal<readonly Section[]>([]);
  readonly progress = signal<Progress>("idle");
  /** Why reading or saving failed last. */
  readonly error = signal<unknown>(null);
  /** What was saved elsewhere meanwhile, while the clinician has to choose. */
  readonly conflict = signal<NoteView | null>(null);
  /** Words of an earlier visit were found on this device. */
  readonly restored = signal(false);

  readonly unsaved = computed(() => {
    const stored = this.stored.value;
    return stored !== null && !same(stored.sections, this.sections.value);
  });
  readonly emptySections = computed(
    () => this.sections.value.filter((section) => section.text.trim() === "").length,
  );

  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  /** One after another, so that an older draft never lands after a newer one or after its removal. */
  private keeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly note: NoteId,
    private readonly drafts: Drafts,
  ) {}

  /** Reads the note, and what was typed but not saved on an earlier visit. */
  async load(): Promise<void> {
    this.error.value = null;
    try {
      const view = await this.fetch();
      const draft = await this.drafts.read(this.note).catch(() => null);
      this.show(view);
      if (!draft || same(draft.sections, view.sections)) return;
      this.sections.value = draft.sections;
      if (draft.version === view.version) this.restored.value = true;
      else this.conflict.value = view;
    } catch (error) {
      this.error.value = error;
    }
  }

  write(key: string, text: string): void {
    this.sections.value = this.sections.value.map((section) =>
      section.key === key ? { key, text } : section,
    );
    this.progress.value = "idle";
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => void this.keep(), KEEP_AFTER_MS);
  }

  /** Saves what is typed. Returns whether the server has all of it; if not, `error` or `conflict` says why. */
  async save(): Promise<boolean> {
    const stored = this.stored.value;
    if (!stored || this.progress.value === "saving" || this.conflict.value) return false;
    if (!this.unsaved.value) return true;
    const sections = [...this.sections.value];
    this.progress.value = "saving";
    this.error.value = null;
    try {
      const body: SaveNote = { version: stored.version, sections };
      const saved = await put<Saved>(`/notes/${this.note}`, body);
      this.stored.value = { ...stored, ...saved, sections };
      this.progress.value = "saved";
      await this.keep();
      return !this.unsaved.value;
    } catch (error) {
      this.progress.value = "idle";
      await this.keep();
      await this.failed(error);
      return false;
    }
  }

  /** The conflict is settled with what is typed here: saves it over what was saved elsewhere. */
  async keepMine(): Promise<boolean> {
    const theirs = this.conflict.value;
    if (!theirs) return false;
    this.stored.value = theirs;
    this.conflict.value = null;
    return this.save();
  }

  /** The conflict is settled with what was saved elsewhere; what is typed here is given up. */
  async takeTheirs(): Promise<void> {
    const theirs = this.conflict.value;
    if (!theirs) return;
    this.conflict.value = null;
    this.show(theirs);
    await this.keep();
  }

  /** Gives up what is not saved. */
  async discard(): Promise<void> {
    const stored = this.stored.value;
    if (stored) this.show(stored);
    await this.keep();
  }

  /** Keeps what is not saved on the device; removes what is. Called at the end of the page too. */
  keep(): Promise<void> {
    clearTimeout(this.keepTimer);
    this.keeping = this.keeping.then(async () => {
      const stored = this.stored.value;
      if (!stored) return;
      const draft = { version: stored.version, sections: [...this.sections.value] };
      const kept = this.unsaved.value
        ? this.drafts.write(this.note, draft)
        : this.drafts.remove(this.note);
      // A browser without storage only loses the safety net.
      await kept.catch(() => {});
    });
    return this.keeping;
  }

  private fetch(): Promise<NoteView> {
    return get<NoteView>(`/notes/${this.note}`);
  }

  private show(view: NoteView): void {
    this.stored.value = view;
    this.sections.value = view.sections;
    this.restored.value = false;
  }

  private async failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError) || error.code !== "conflict") {
      this.error.value = error;
      return;
    }
    try {
      this.conflict.value = await this.fetch();
    } catch (unread) {
      this.error.value = unread;
    }
  }
}

/** Sections in which two versions differ, by key. */
export function differing(mine: readonly Section[], theirs: readonly Section[]): string[] {
  return mine
    .filter((section) => theirs.find((other) => other.key === section.key)?.text !== section.text)
    .map((section) => section.key);
}

function same(a: readonly Section[], b: readonly Section[]): boolean {
  return a.length === b.length && differing(a, b).length === 0;
}
