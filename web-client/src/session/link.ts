// Join links: `https://host/join#<s>`.
//
// `s` is made here and goes to the guest only. The server sees nothing but the SHA-256 of a token derived
// from it, and later, from the guest's page, the token itself.

import { fromBase64url, toBase64url } from "../base64url";

/** The secret of one guest's link: 32 random bytes. */
export type Secret = Uint8Array<ArrayBuffer>;

const SECRET_BYTES = 32;

export function newSecret(): Secret {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

export function linkOf(origin: string, secret: Secret): string {
  return `${origin}/join#${toBase64url(secret)}`;
}

/** The secret in a link's fragment; `null` when it is cut short or not a link of ours. */
export function readSecret(fragment: string): Secret | null {
  const secret = fromBase64url(fragment);
  return secret?.length === SECRET_BYTES ? secret : null;
}

/** What the guest's page sends: HKDF-SHA256 (RFC 5869) of the secret, no salt, info "token"; base64url. */
export async function tokenOf(secret: Secret): Promise<string> {
  return toBase64url(await tokenBytes(secret));
}

/** What the server keeps: SHA-256 of the token's bytes, base64url. */
export async function tokenHashOf(secret: Secret): Promise<string> {
  return toBase64url(
    new Uint8Array(await crypto.subtle.digest("SHA-256", await tokenBytes(secret))),
  );
}

async function tokenBytes(secret: Secret): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("token");
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
