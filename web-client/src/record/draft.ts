// Words not saved yet, kept on this device so that a lapsed sign-in or a closed tab loses nothing.
//
// They are PHI: encrypted with a key that the browser never lets out, one for each member of staff, and
// removed as soon as they are saved or given up.

import type { NoteId, Section, StaffId } from "../protocol";

export interface Draft {
  /** The version of the note that was being changed. */
  version: number;
  sections: Section[];
}

export interface Drafts {
  read(note: NoteId): Promise<Draft | null>;
  write(note: NoteId, draft: Draft): Promise<void>;
  remove(note: NoteId): Promise<void>;
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** Drafts of one member of staff in this browser. */
export class DeviceDrafts implements Drafts {
  constructor(private readonly staff: StaffId) {}

  async read(note: NoteId): Promise<Draft | null> {
    const sealed = await this.ask<Sealed | undefined>("drafts", "readonly", (store) =>
      store.get(this.name(note)),
    );
    return sealed ? openDraft(await this.key(), this.name(note), sealed) : null;
  }

  async write(note: NoteId, draft: Draft): Promise<void> {
    const sealed = await sealDraft(await this.key(), this.name(note), draft);
    await this.ask("drafts", "readwrite", (store) => store.put(sealed, this.name(note)));
  }

  async remove(note: NoteId): Promise<void> {
    await this.ask("drafts", "readwrite", (store) => store.delete(this.name(note)));
  }

  private name(note: NoteId): string {
    return `${this.staff}/${note}`;
  }

  private async key(): Promise<CryptoKey> {
    const known = await this.ask<CryptoKey | undefined>("keys", "readonly", (store) =>
      store.get(this.staff),
    );
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    await this.ask("keys", "readwrite", (store) => store.put(made, this.staff));
    return made;
  }

  private async ask<A>(
    name: "keys" | "drafts",
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<A>,
  ): Promise<A> {
    const database = await openDatabase();
    try {
      return await settled(act(database.transaction(name, mode).objectStore(name)));
    } finally {
      database.close();
    }
  }
}

/** AES-256-GCM with a fresh 96-bit nonce; bound to its owner and note. */
export async function sealDraft(key: CryptoKey, name: string, draft: Draft): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(draft));
  return { iv, data: await crypto.subtle.encrypt(parameters(iv, name), key, text) };
}

/** `null` for anything that this key and name did not seal. */
export async function openDraft(
  key: CryptoKey,
  name: string,
  { iv, data }: Sealed,
): Promise<Draft | null> {
  try {
    const text = await crypto.subtle.decrypt(parameters(iv, name), key, data);
    return JSON.parse(new TextDecoder().decode(text)) as Draft;
  } catch {
    return null;
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open("quietroom-drafts", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("drafts");
  };
  return settled(request);
}

function settled<A>(request: IDBRequest<A>): Promise<A> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
