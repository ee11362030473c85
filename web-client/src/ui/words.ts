import { signal } from "@preact/signals";

export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = "quietroom-language";

/** The language of the interface. Views that read it, or a word, change with it. */
export const language = signal<Language>(initialLanguage());

/** Switches and remembers the language on this device. */
export function speak(next: Language): void {
  language.value = next;
  localStorage.setItem(STORED, next);
}

type Word = string | ((...parts: never[]) => string);
type Table = Readonly<Record<string, Word>>;
/** The same keys, and the same parts for each word that takes any. */
type SameWords<T extends Table> = {
  readonly [K in keyof T]: T[K] extends (...parts: infer P) => string
    ? (...parts: P) => string
    : string;
};

/**
 * The words of one screen, in both languages. Reading a word takes it in the language of the moment:
 * `words.title`, `words.waiting("Jordan", 3)`.
 */
export function table<const T extends Table>(en: T, es: SameWords<T>): SameWords<T> {
  const tables: Record<Language, SameWords<T>> = { en: en as unknown as SameWords<T>, es };
  return new Proxy(tables.en, {
    get: (_, key) => tables[language.value][key as keyof T],
  });
}

/** `one` or `other` by the plural rules of the language. */
export function plural(count: number, one: string, other: string): string {
  return new Intl.PluralRules(language.value).select(count) === "one" ? one : other;
}

/** "Ana, Luis and Sam". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: "conjunction" }).format(items);
}

/** First word of a name: what people are called on screen. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? "";
}

function initialLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "es") return stored;
  return navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
}

/** Words that every screen uses. */
export const common = table(
  {
    close: "Close",
    cancel: "Cancel",
    back: "Back",
    tryAgain: "Try again",
    loading: "Loading",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Could not copy",
    remove: (name: string) => `Remove ${name}`,
    skip: "Skip to the page",
    otherLanguage: "Español",
    demo: "Demo. Do not use real names.",
    helpQuestion: "Need help right now?",
    helpBefore: "Call or text ",
    helpBetween: " any time. In danger? Call ",
    notFoundTitle: "There is nothing here",
    notFoundLead: "The address may be wrong, or the page has moved.",
    toStart: "Go to the first page",
    faultTitle: "Something on our side stopped working",
    faultLead: "You did nothing wrong. Load the page again. What you wrote is kept on this device.",
    reload: "Load again",
    offline: "Quietroom did not answer. Check your internet, then try again.",
    fault: "Something on our side stopped working. Try again in a moment.",
    notAllowed: "Your account may not do this.",
    notNow: "This cannot be done any more: the session has moved on.",
    conflict: "Somebody else changed this meanwhile. Look at it again.",
    notFound: "This is not there any more.",
    invalid: "Something in the form cannot be accepted. Check each field.",
    slowDown: (minutes: string) => `Too many tries. Wait ${minutes}, then try again.`,
  },
  {
    close: "Cerrar",
    cancel: "Cancelar",
    back: "Volver",
    tryAgain: "Intentar de nuevo",
    loading: "Cargando",
    copy: "Copiar",
    copied: "Copiado",
    copyFailed: "No se pudo copiar",
    remove: (name) => `Quitar a ${name}`,
    skip: "Ir a la página",
    otherLanguage: "English",
    demo: "Demostración. No uses nombres reales.",
    helpQuestion: "¿Necesitas ayuda ya?",
    helpBefore: "Llama o envía un texto al ",
    helpBetween: " a cualquier hora. ¿Hay peligro? Llama al ",
    notFoundTitle: "Aquí no hay nada",
    notFoundLead: "La dirección puede estar mal, o la página ya no está.",
    toStart: "Ir a la primera página",
    faultTitle: "Algo de nuestro lado dejó de funcionar",
    faultLead:
      "No hiciste nada mal. Carga la página otra vez. Lo que escribiste se guarda en este dispositivo.",
    reload: "Cargar otra vez",
    offline: "Quietroom no respondió. Revisa tu internet y prueba otra vez.",
    fault: "Algo de nuestro lado dejó de funcionar. Prueba otra vez en un momento.",
    notAllowed: "Tu cuenta no puede hacer esto.",
    notNow: "Esto ya no se puede hacer: la sesión cambió.",
    conflict: "Otra persona cambió esto mientras tanto. Míralo otra vez.",
    notFound: "Esto ya no está.",
    invalid: "Algo del formulario no se puede aceptar. Revisa cada campo.",
    slowDown: (minutes) => `Demasiados intentos. Espera ${minutes} y prueba otra vez.`,
  },
);
