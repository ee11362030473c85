import { language, plural } from "./words";

/** "2:00 PM"; with `bare`, "2:00". */
export function timeOf(ms: number, zone: string, bare = false): string {
  const parts = formatter({ hour: "numeric", minute: "2-digit", timeZone: zone }).formatToParts(ms);
  const kept = bare ? parts.filter((part) => part.type !== "dayPeriod") : parts;
  return kept
    .map((part) => part.value)
    .join("")
    .replace(/\s+/gu, " ")
    .trim();
}

/** "2:01:30 PM". */
export function preciseTimeOf(ms: number, zone: string): string {
  const text = formatter({
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZone: zone,
  }).format(ms);
  return text.replace(/\s+/gu, " ");
}

/** "Monday, November 23". */
export function dayOf(ms: number, zone: string): string {
  return formatter({ weekday: "long", month: "long", day: "numeric", timeZone: zone }).format(ms);
}

/** "Mon, Nov 23". */
export function shortDayOf(ms: number, zone: string): string {
  return formatter({ weekday: "short", month: "short", day: "numeric", timeZone: zone }).format(ms);
}

/** With a capital first letter, for the beginning of a sentence. */
export function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language.value) + text.slice(1);
}

/** "3 minutes", rounded up, at least one. */
export function minutesOf(seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return language.value === "es"
    ? `${minutes} ${plural(minutes, "minuto", "minutos")}`
    : `${minutes} ${plural(minutes, "minute", "minutes")}`;
}

/** "2 min 41 s", "54 min", "12 s": whole seconds, never rounded up. */
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const parts = [
    hours > 0 && `${hours} h`,
    minutes > 0 && `${minutes} min`,
    rest > 0 && `${rest} s`,
  ];
  return parts.filter(Boolean).join(" ") || "0 s";
}

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = language.value === "es" ? "es-US" : "en-US";
  const key = locale + JSON.stringify(options);
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, known);
  }
  return known;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
