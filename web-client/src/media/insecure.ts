import type { StreamKey } from "./receive";

/**
 * What is received of whom and not played, since it cannot be opened.
 *
 * @param health of each section that is received, by its mid
 * @param mids the section of each source
 */
export function insecureOf(
  health: ReadonlyMap<string, { secure: boolean }>,
  mids: ReadonlyMap<StreamKey, string>,
): ReadonlySet<StreamKey> {
  const found = [...mids].filter(([, mid]) => health.get(mid)?.secure === false);
  return new Set(found.map(([key]) => key));
}
