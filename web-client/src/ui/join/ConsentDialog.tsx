import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { common } from "../words";
import { words } from "./words";

/** The whole text a guest agrees to, as the clinic wrote it. */
export function ConsentDialog(props: { paragraphs: readonly string[]; onClose: () => void }) {
  return (
    <Dialog title={words.consentTitle} onClose={props.onClose} class="consent-text">
      {props.paragraphs.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <div class="dialog-actions">
        <Button onClick={props.onClose} data-focus>
          {common.close}
        </Button>
      </div>
    </Dialog>
  );
}
