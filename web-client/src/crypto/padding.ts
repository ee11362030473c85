/** The longest message that can be sealed, in bytes: it fits the server's bound of 32 KiB when it is sealed. */
export const LONGEST_MESSAGE_BYTES = 24 * 1024;

/**
 * Length that the content of a message is padded to, in bytes: at least 256, and in steps of at most an eighth, so that
 * it says no more than the order of the length.
 */
export function paddedLength(messageBytes: number): number {
  const framed = messageBytes + FRAMING_BYTES;
  if (framed <= SHORTEST_BYTES) return SHORTEST_BYTES;
  const step = 2 ** (Math.floor(Math.log2(framed)) - 3);
  return Math.ceil(framed / step) * step;
}

const SHORTEST_BYTES = 256;
// Around the message: its length, the signature and its length (RFC 9420 section 6.3.1).
const FRAMING_BYTES = 4 + 2 + 64;
