import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./Icon";
import { circleAlert } from "./icons";

interface Shell {
  label: ComponentChildren;
  hint?: ComponentChildren;
  /** What is wrong, in words that say what to do. */
  error?: string | null | undefined;
}

interface TextFieldProps extends Shell {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "password" | "date" | "time" | "tel" | undefined;
  name?: string | undefined;
  autoComplete?: string | undefined;
  inputMode?: "numeric" | "text" | "tel" | undefined;
  autoCapitalize?: "none" | undefined;
  maxLength?: number | undefined;
  min?: string | undefined;
  placeholder?: string | undefined;
  required?: boolean | undefined;
  inputRef?: Ref<HTMLInputElement> | undefined;
}

/** A labelled line of text, a date, a time, a password. */
export function TextField({
  label,
  hint,
  error,
  value,
  onValue,
  inputRef,
  type,
  ...rest
}: TextFieldProps) {
  const id = useId();
  return (
    <FieldShell id={id} label={label} hint={hint} error={error}>
      <input
        {...rest}
        // The types tell inputs apart one by one; for these attributes all five are alike.
        type={(type ?? "text") as "text"}
        id={id}
        ref={inputRef ?? null}
        class="input"
        value={value}
        spellcheck={false}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </FieldShell>
  );
}

interface TextAreaProps extends Shell {
  value: string;
  onValue: (value: string) => void;
  rows: number;
  maxLength?: number | undefined;
}

/** Several lines of the person's own words. */
export function TextArea({ label, hint, error, value, onValue, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <FieldShell id={id} label={label} hint={hint} error={error}>
      <textarea
        {...rest}
        id={id}
        class="input"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </FieldShell>
  );
}

interface SelectProps<V extends string> extends Shell {
  value: V;
  options: readonly { value: V; label: string }[];
  onValue: (value: V) => void;
}

export function Select<V extends string>({
  label,
  hint,
  error,
  value,
  options,
  onValue,
}: SelectProps<V>) {
  const id = useId();
  return (
    <FieldShell id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        class="input"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(event) => onValue(event.currentTarget.value as V)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldShell>
  );
}

/** A few choices of which one holds, all in sight. */
export function Choice<V extends string>(props: {
  legend: string;
  value: V | null;
  options: readonly { value: V; label: string }[];
  onValue: (value: V) => void;
  class?: string | undefined;
  error?: string | null | undefined;
}) {
  const name = useId();
  return (
    <fieldset class="field" aria-describedby={describedBy(name, undefined, props.error)}>
      <legend>{props.legend}</legend>
      <div class={["seg", props.class].filter(Boolean).join(" ")}>
        {props.options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === props.value}
              onChange={() => props.onValue(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <FieldError id={name} error={props.error} />
    </fieldset>
  );
}

/** A switch: on or off, at once. */
export function Toggle(props: {
  label: ComponentChildren;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={props.on}
        checked={props.on}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

/** A box to tick: agreed or not, sent with the form. */
export function Check(props: {
  children: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  error?: string | null | undefined;
}) {
  const id = useId();
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={props.checked}
          aria-invalid={props.error ? true : undefined}
          aria-describedby={describedBy(id, undefined, props.error)}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
        <span>{props.children}</span>
      </label>
      <FieldError id={id} error={props.error} />
    </div>
  );
}

function FieldShell({
  id,
  label,
  hint,
  error,
  children,
}: Shell & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children}
      <FieldError id={id} error={error} />
    </div>
  );
}

function FieldError({ id, error }: { id: string; error?: string | null | undefined }) {
  return error ? (
    <p class="field-error" id={`${id}-error`}>
      <Icon of={circleAlert} />
      <span>{error}</span>
    </p>
  ) : null;
}

function describedBy(id: string, hint: unknown, error: unknown): string | undefined {
  const ids = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}
