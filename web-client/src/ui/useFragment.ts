import { useEffect, useState } from "preact/hooks";
import { takeFragment } from "../route";

/** The secret of the address, taken out of it; also one that is pasted while the page is open. */
export function useFragment(): string {
  const [fragment, setFragment] = useState(takeFragment);
  useEffect(() => {
    const take = () => {
      const next = takeFragment();
      if (next) setFragment(next);
    };
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return fragment;
}
