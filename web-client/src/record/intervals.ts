/** Whole seconds of some stretches of time, cut off, never rounded up. */
export function secondsOf(intervals: readonly { from: number; to: number }[]): number {
  return Math.floor(
    intervals.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0) / 1000,
  );
}

/** Numbers of the facts behind some values, each once, in order. */
export function factsOf(
  traced: readonly ({ facts: readonly number[] } | null | undefined)[],
): number[] {
  return [...new Set(traced.flatMap((value) => value?.facts ?? []))].sort((a, b) => a - b);
}
