import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A ref whose element takes the focus when it appears. */
export function useFocus<E extends HTMLElement>(): RefObject<E | null> {
  const ref = useRef<E>(null);
  useEffect(() => ref.current?.focus(), []);
  return ref;
}
