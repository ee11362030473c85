import { toBase64url } from "../base64url";
import { ObjectStore, sweep } from "../object-store";
import type { DeviceId } from "../protocol";

/**
 * The key that makes a guest's tab the same device after a reload: ECDSA P-256, made here, the
 * private half never extractable. It lives in IndexedDB, one for each device.
 */

const KEYS = new ObjectStore("quietroom", "device-keys");
/** Milliseconds. */
const DAY = 24 * 60 * 60 * 1000;
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
  await KEYS.run("readwrite", (store) => {
    sweep<Kept>(store, (_, { at }) => at < Date.now() - DAY);
    return store.put({ key: pair.privateKey, at: Date.now() } satisfies Kept, device);
  });
}

/** The private half kept for `device`, `null` when it is not here. */
export async function findKey(device: DeviceId): Promise<CryptoKey | null> {
  const kept = await KEYS.run<Kept | undefined>("readonly", (store) => store.get(device));
  return kept?.key ?? null;
}

export async function forgetKey(device: DeviceId): Promise<void> {
  await KEYS.run("readwrite", (store) => store.delete(device));
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
