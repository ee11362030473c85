import { useEffect, useState } from "preact/hooks";

const NARROW = "(max-width: 640px)";

/** Whether the page is as narrow as a phone, or as `media` says. */
export function useNarrow(media = NARROW): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(media).matches);
  useEffect(() => {
    const query = matchMedia(media);
    const follow = () => setNarrow(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [media]);
  return narrow;
}
