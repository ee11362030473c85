import type { NoteEditor } from "../../record/note";
import { MOST_CHARACTERS } from "../../record/note";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { TextArea } from "../kit/Field";
import { templateWords } from "../words/clinic";
import { isSectionKey, sectionHints, sectionNames } from "./section-words";
import { words } from "./words";

const ROWS = [6, 5, 4];

/** The clinician's own sections: empty at first, and theirs. */
export function Writing({ editor, onSave }: { editor: NoteEditor; onSave: () => void }) {
  const stub = editor.stored.value?.stub;
  const error = editor.error.value;
  const saving = editor.progress.value === "saving";
  return (
    <form
      class="write"
      aria-labelledby="your-words"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <div class="row between">
        <h2 id="your-words">{words.words}</h2>
        {stub && (
          <span class="row small">
            <span class="quiet">{words.template}</span>
            <Chip tone="line">{templateWords[stub.template]}</Chip>
          </span>
        )}
      </div>
      {editor.restored.value && (
        <Banner tone="wait" announce="polite">
          {words.restored}
        </Banner>
      )}
      {editor.sections.value.map(({ key, text }, at) => (
        <TextArea
          key={key}
          label={isSectionKey(key) ? sectionNames[key] : key}
          hint={isSectionKey(key) ? sectionHints[key] : undefined}
          rows={ROWS[at] ?? 4}
          maxLength={MOST_CHARACTERS}
          value={text}
          onValue={(typed) => editor.write(key, typed)}
        />
      ))}
      {error !== null && (
        <Banner tone="bad" announce="assertive">
          {errorWords(error)}
        </Banner>
      )}
      <div class="save-bar">
        <p class="small grow">
          <b class="b">{words.left(editor.emptySections.value)}</b>
          <br />
          <span class="quiet">{words.saveHint}</span>
        </p>
        <Button
          type="submit"
          look="primary"
          busy={saving && words.saving}
          aria-keyshortcuts="Control+S"
        >
          {words.saveDraft}
        </Button>
      </div>
    </form>
  );
}
