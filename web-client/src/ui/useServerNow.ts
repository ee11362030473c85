import { useEffect, useState } from "preact/hooks";

/** The server's clock, read anew every ten seconds while the view is shown. */
export function useServerNow(clock: { now(): number }): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 10_000);
    return () => clearInterval(timer);
  }, [clock]);
  return now;
}
