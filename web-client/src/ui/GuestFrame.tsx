import type { ComponentChildren } from "preact";
import { Brand } from "./kit/Brand";
import { Icon } from "./kit/Icon";
import { lifeBuoy } from "./kit/icons";
import { common, language, speak } from "./words";

/** The frame of pages for people without an account: language above, the crisis line below. */
export function GuestFrame(props: {
  children: ComponentChildren;
  class?: string | undefined;
  /** More buttons of the head. */
  tools?: ComponentChildren;
}) {
  return (
    <div class={["participant guest", props.class].filter(Boolean).join(" ")}>
      <header class="phead">
        <Brand />
        <span class="grow" />
        <LanguageButton />
        {props.tools}
      </header>
      {props.children}
      <footer class="wfoot">
        <CrisisLine />
      </footer>
    </div>
  );
}

export function LanguageButton() {
  const other = language.value === "en" ? "es" : "en";
  return (
    <button class="btn plain sm" type="button" lang={other} onClick={() => speak(other)}>
      {common.otherLanguage}
    </button>
  );
}

/** Where to turn in a crisis: on every page of people without an account. */
export function CrisisLine() {
  return (
    <p class="crisisline">
      <Icon of={lifeBuoy} />
      <span>
        <b>{common.helpQuestion}</b> {common.helpBefore}
        <a href="tel:988">988</a>
        {common.helpBetween}
        <a href="tel:911">911</a>.
      </span>
    </p>
  );
}
