import type { ComponentChildren } from "preact";
import { LanguageButton } from "../GuestFrame";
import { Brand } from "../kit/Brand";
import { words } from "./words";
import "./account.css";

/** The frame of sign-in and set-up: one narrow column, and where guests go instead. */
export function AccountFrame(props: { children: ComponentChildren }) {
  return (
    <div class="account">
      <header class="account-tools">
        <LanguageButton />
      </header>
      <main class="account-main" id="main" tabIndex={-1}>
        <Brand big />
        {props.children}
      </main>
      <footer class="account-foot small">
        <p>
          <b class="b">{words.guestQuestion}</b> {words.guestAnswer}
        </p>
        <p class="quiet">{words.audited}</p>
      </footer>
    </div>
  );
}
