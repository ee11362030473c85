/** Bytes that WebCrypto and encoded frames take: never of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** One after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
