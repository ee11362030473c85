import { useEffect, useState } from "preact/hooks";
import { common } from "../words";
import { announce } from "./announce";
import { Button, type ButtonLook } from "./Button";
import { check, copy } from "./icons";

const SHOWN_MS = 4_000;

/** Copies `text` and says so. `of` tells screen readers what is copied. */
export function CopyButton(props: {
  text: string;
  of: string;
  children?: string;
  size?: "sm";
  look?: ButtonLook | undefined;
  class?: string | undefined;
}) {
  const [done, setDone] = useState<"no" | "copied" | "failed">("no");
  useEffect(() => {
    if (done === "no") return;
    const timer = setTimeout(() => setDone("no"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const words = {
    no: props.children ?? common.copy,
    copied: common.copied,
    failed: common.copyFailed,
  }[done];
  return (
    <Button
      size={props.size}
      look={props.look}
      class={props.class}
      icon={done === "copied" ? check : copy}
      onClick={async () => {
        const copied = await navigator.clipboard.writeText(props.text).then(
          () => true,
          () => false,
        );
        setDone(copied ? "copied" : "failed");
        announce(copied ? common.copied : common.copyFailed, !copied);
      }}
    >
      {words}
      <span class="sr">: {props.of}</span>
    </Button>
  );
}
