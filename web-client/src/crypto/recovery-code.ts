// The code that opens a wrapped identity: 130 random bits in Crockford's base 32, written by a person on paper.

import { type Bytes, utf8 } from "./bytes";

/** A new code, "XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX", and the secret it stands for. */
export function newCode(): { code: string; secret: Bytes } {
  const letters = Array.from(
    crypto.getRandomValues(new Uint8Array(LETTERS)),
    (byte) => ALPHABET[byte % ALPHABET.length],
  ).join("");
  return { code: grouped(letters), secret: utf8(letters) };
}

/**
 * The secret of a code as a person types it: any case, spaces and hyphens anywhere, O for 0, I and L for 1.
 * `null` when it cannot be a code.
 */
export function readCode(code: string): Bytes | null {
  const letters = code
    .toUpperCase()
    .replaceAll(/[\s-]/gu, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/gu, "1");
  return READABLE.test(letters) ? utf8(letters) : null;
}

// 26 letters of 5 bits. The alphabet has 32 letters, so the remainder of a byte is uniform.
const LETTERS = 26;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const READABLE = /^[0-9A-HJKMNP-TV-Z]{26}$/u;

function grouped(letters: string): string {
  const parts = [0, 5, 10, 15].map((start) => letters.slice(start, start + 5));
  return [...parts, letters.slice(20)].join("-");
}
