// The clinician's notes, newest first.

import { signal } from "@preact/signals";
import { forgetWith } from "../account";
import { get } from "../api";
import type { NoteSummary } from "../protocol";

/** `null` until they are read. */
export const notes = signal<readonly NoteSummary[] | null>(null);

/** Throws an `ApiError`. */
export async function loadNotes(): Promise<void> {
  notes.value = await get<NoteSummary[]>("/notes");
}

forgetWith(() => {
  notes.value = null;
});

export function isDue(note: NoteSummary): boolean {
  return note.empty_sections > 0;
}
