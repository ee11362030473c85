import { RefusedError } from "../connection/errors";
import type { Clock } from "./security";

const MOST_TRIES = 5;
/** Milliseconds before the second try; twice as many before each one after. */
const FIRST_WAIT = 250;

/**
 * Tries again what the server refused, a few times. A lost connection is no refusal: what is to be
 * said again then is said after the next greeting.
 *
 * @throws what the last try threw.
 */
export async function withRetries<T>(clock: Clock, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1, wait = FIRST_WAIT; ; tries += 1, wait *= 2) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RefusedError) || tries === MOST_TRIES) throw error;
      await new Promise<void>((resolve) => void clock.after(wait, resolve));
    }
  }
}
