/** Longest wait between two tries, milliseconds. */
const LONGEST = 8_000;
const FIRST = 400;

/**
 * Milliseconds to wait before try `attempt` (from 1). Doubles up to a limit; `random` in [0, 1)
 * spreads a crowd that was dropped together.
 */
export function delayBefore(attempt: number, random: number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random / 2));
}
