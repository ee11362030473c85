import { useId, useRef } from "preact/hooks";
import type { Audience, Chat, Problem } from "../../chat/chat";
import { Button } from "../kit/Button";
import { send } from "../kit/icons";
import { firstName } from "../words";
import { words } from "./words";

/** Names on a choice, at most: more do not fit beside it. */
const MOST_NAMED = 2;

/** Where a text is written: to whom, what, and how much room is left. */
export function Composer({ chat }: { chat: Chat }) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const problem = chat.problem.value;
  const names = chat.readers.value.facilitators.map(firstName);
  const isForFew = chat.audience.value === "facilitators";
  const hint = hintOf(problem, chat.left.value);

  const submit = (): void => {
    if (chat.send()) field.current?.focus();
  };

  return (
    <form
      class={isForFew ? "composer private" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {chat.offersChoice.value && (
        <fieldset class="chat-audience">
          <legend class="sr">{words.whoReads}</legend>
          <div class="seg">
            <AudienceChoice chat={chat} group={id} to="everyone" label={words.everyone} />
            <AudienceChoice chat={chat} group={id} to="facilitators" label={labelOf(names)} />
          </div>
        </fieldset>
      )}
      <div class="chat-write">
        <label class="sr" for={id}>
          {words.yourText}
        </label>
        <textarea
          id={id}
          class="input"
          rows={2}
          ref={field}
          dir="auto"
          placeholder={isForFew && names.length > 0 ? words.toFew(names) : words.toEveryone}
          value={chat.draft.value}
          aria-invalid={problem === "too_long" ? true : undefined}
          aria-describedby={hint === null ? undefined : `${id}-hint`}
          onInput={({ currentTarget }) => {
            chat.draft.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            // While letters are being put together, Enter takes them.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <Button
          look="primary"
          icon={send}
          class="chat-send"
          type="submit"
          aria-label={words.send}
          notYet={problem === null ? false : WHY[problem]()}
        />
      </div>
      {hint !== null && (
        <p class={problem === null ? "hint" : "field-error"} id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </form>
  );
}

function AudienceChoice(props: { chat: Chat; group: string; to: Audience; label: string }) {
  const { audience } = props.chat;
  return (
    <label>
      <input
        type="radio"
        name={`${props.group}-audience`}
        value={props.to}
        checked={audience.value === props.to}
        onChange={() => {
          audience.value = props.to;
        }}
      />
      <span>{props.label}</span>
    </label>
  );
}

const WHY: Record<Problem, () => string> = {
  off: () => words.isOff,
  empty: () => words.writeFirst,
  too_long: () => words.shorten,
  nobody: () => words.nobodyLeads,
};

function labelOf(names: readonly string[]): string {
  return names.length > 0 && names.length <= MOST_NAMED ? words.onlyFor(names) : words.onlyLeading;
}

function hintOf(problem: Problem | null, left: number | null): string | null {
  if (problem === "nobody") return words.nobodyLeads;
  if (left === null) return null;
  return left < 0 ? words.tooMany(-left) : words.left(left);
}
