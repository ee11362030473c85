import { useEffect, useRef } from "preact/hooks";
import type { Security } from "../../crypto/room";
import { announce } from "../kit/announce";
import { Icon } from "../kit/Icon";
import { type IconData, loader, lock, triangleAlert } from "../kit/icons";
import { safetyWords as words } from "./safety-words";

/** Whether the call is private, and the way to the safety code. */
export function SafetyPill({ security, onOpen }: { security: Security; onOpen: () => void }) {
  useChangesAloud(security.is);
  const { icon, look } = LOOKS[security.is];
  return (
    <button
      type="button"
      class={["pill", "safety", look].filter(Boolean).join(" ")}
      data-security={security.is}
      aria-haspopup="dialog"
      aria-label={nameOf(security.is)}
      onClick={onOpen}
    >
      <Icon of={icon} size="s" />
      <span class={security.is === "refused" ? undefined : "hide-s"}>{stateOf(security.is)}</span>
    </button>
  );
}

const LOOKS: Record<Security["is"], { icon: IconData; look?: string }> = {
  starting: { icon: loader, look: "lampp" },
  secure: { icon: lock },
  refused: { icon: triangleAlert, look: "badp" },
};

function stateOf(is: Security["is"]): string {
  switch (is) {
    case "starting":
      return words.starting;
    case "secure":
      return words.private;
    case "refused":
      return words.not;
  }
}

function nameOf(is: Security["is"]): string {
  switch (is) {
    case "starting":
      return words.openStarting;
    case "secure":
      return words.openPrivate;
    case "refused":
      return words.openNot;
  }
}

function useChangesAloud(is: Security["is"]): void {
  const said = useRef<Security["is"]>("starting");
  useEffect(() => {
    if (is === said.current) return;
    said.current = is;
    if (is === "secure") announce(words.nowPrivate);
    if (is === "refused") announce(words.nowNot, true);
  }, [is]);
}
