import { differing, type NoteEditor } from "../../record/note";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { useFocus } from "../kit/useFocus";
import { isSectionKey, sectionNames } from "./section-words";
import { words } from "./words";

/** Words are not saved and the person wants to go elsewhere. */
export function UnsavedDialog(props: {
  onSave: () => void;
  onStay: () => void;
  onDiscard: () => void;
}) {
  const safe = useFocus<HTMLButtonElement>();
  return (
    <Dialog title={words.unsavedTitle} onClose={props.onStay}>
      <p>{words.unsavedLead}</p>
      <div class="dialog-actions">
        <Button onClick={props.onDiscard}>{words.discard}</Button>
        <Button onClick={props.onStay}>{words.stay}</Button>
        <Button look="primary" buttonRef={safe} onClick={props.onSave}>
          {words.saveAndGo}
        </Button>
      </div>
    </Dialog>
  );
}

/** Another window saved the note meanwhile: shows both and lets the clinician choose. */
export function ConflictDialog({ editor, onChosen }: { editor: NoteEditor; onChosen: () => void }) {
  const mine = editor.sections.value;
  const theirs = editor.conflict.value?.sections ?? [];
  const later = () => {
    // Neither is chosen yet: the conflict comes back with the next save.
    editor.conflict.value = null;
  };
  return (
    <Dialog title={words.conflictTitle} onClose={later} class="conflict">
      <p>{words.conflictLead}</p>
      {differing(mine, theirs).map((key) => (
        <section
          key={key}
          class="conflict-section"
          aria-label={isSectionKey(key) ? sectionNames[key] : key}
        >
          <h3>{isSectionKey(key) ? sectionNames[key] : key}</h3>
          <div class="conflict-sides">
            <Side title={words.mine} text={mine.find((section) => section.key === key)?.text} />
            <Side title={words.theirs} text={theirs.find((section) => section.key === key)?.text} />
          </div>
        </section>
      ))}
      <div class="dialog-actions">
        <Button
          onClick={async () => {
            await editor.takeTheirs();
            onChosen();
          }}
        >
          {words.takeTheirs}
        </Button>
        <Button
          look="primary"
          onClick={async () => {
            await editor.keepMine();
            onChosen();
          }}
        >
          {words.keepMine}
        </Button>
      </div>
    </Dialog>
  );
}

function Side({ title, text }: { title: string; text: string | undefined }) {
  return (
    <div>
      <p class="small quiet">{title}</p>
      <p class="conflict-text">{text || words.nothing}</p>
    </div>
  );
}
