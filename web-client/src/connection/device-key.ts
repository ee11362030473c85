import { toBase64url } from "../base64url";
import type { DeviceId } from "../protocol";

/**
 * The key that makes a guest's tab the same device after a reload: ECDSA P-256, made here, the
 * private half never extractable. It lives in IndexedDB, one for each device.
 */

const DATABASE = "quietroom";
const STORE = "device-keys";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface NewKey {
  pair: CryptoKeyPair;
  /** The public half, 65 bytes uncompressed (SEC 1), base64url. */
  publicKey: string;
}

export async function makeKey(): Promise<NewKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { pair, publicKey: toBase64url(new Uint8Array(raw)) };
}

/** Keeps the private half for `device`, and forgets keys of devices kept longer than a day. */
export async function keepKey(device: DeviceId, pair: CryptoKeyPair): Promise<void> {
  await inStore("readwrite", (store) => {
    const old = Date.now() - 24 * 60 * 60 * 1000;
    const cursor = store.openCursor();
    cursor.onsuccess = () => {
      const row = cursor.result;
      if (!row) return;
      if ((row.value as Kept).at < old) row.delete();
      row.continue();
    };
    return store.put({ key: pair.privateKey, at: Date.now() } satisfies Kept, device);
  });
}

/** The private half kept for `device`, `null` when it is not here. */
export async function findKey(device: DeviceId): Promise<CryptoKey | null> {
  const kept = await inStore<Kept | undefined>("readonly", (store) => store.get(device));
  return kept?.key ?? null;
}

export async function forgetKey(device: DeviceId): Promise<void> {
  await inStore("readwrite", (store) => store.delete(device));
}

/** Signs the server's `nonce` as `device`: r and s as 64 bytes, base64url. */
export async function signHello(key: CryptoKey, nonce: string, device: DeviceId): Promise<string> {
  const text = new TextEncoder().encode(`quietroom-hello-v1.${nonce}.${device}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, text);
  return toBase64url(new Uint8Array(signature));
}

interface Kept {
  key: CryptoKey;
  at: number;
}

function inStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result as T);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
    };
  });
}
