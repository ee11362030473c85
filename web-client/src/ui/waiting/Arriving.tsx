import { GuestFrame } from "../GuestFrame";
import { usePage } from "../usePage";
import { words } from "./words";

/** Between the link and the first word of the server. */
export function Arriving() {
  usePage(words.page, false);
  return (
    <GuestFrame>
      <main class="message" id="main" tabIndex={-1}>
        <h1 tabIndex={-1}>{words.arriving}</h1>
      </main>
    </GuestFrame>
  );
}
