// Dates and times on the clinic's clock, which need not be this device's.

/** A day on the clinic's calendar, `2026-11-23`. */
export type CalendarDay = string;
/** A time on the clinic's clock, `14:05`. */
export type ClockTime = string;

export interface Wall {
  day: CalendarDay;
  time: ClockTime;
}

/** What the calendar and the clock of `zone` show at an instant. */
export function wallOf(ms: number, zone: string): Wall {
  const parts: Record<string, string> = {};
  for (const part of formatter(zone).formatToParts(ms)) parts[part.type] = part.value;
  return {
    day: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
    time: `${parts["hour"]}:${parts["minute"]}`,
  };
}

/**
 * The instant at which `zone` shows `wall`, in milliseconds; `null` when the text is no date or time.
 * A time that a clock change skips is read as the time after it, one that comes twice as the first.
 */
export function instantOf(wall: Wall, zone: string): number | null {
  const asUtc = utcOf(wall);
  if (asUtc === null) return null;
  // The offset before the day and the one after it differ when the clock changes in between.
  const before = asUtc - offset(asUtc - HOURS_24, zone);
  const after = asUtc - offset(asUtc + HOURS_24, zone);
  const fitting = [before, after].filter((ms) => utcOf(wallOf(ms, zone)) === asUtc);
  return fitting.length > 0 ? Math.min(...fitting) : before;
}

/** Start of the day that holds an instant, and of the next. */
export function dayBounds(ms: number, zone: string): { from: number; to: number } {
  const { day } = wallOf(ms, zone);
  return {
    from: instantOf({ day, time: "00:00" }, zone) ?? ms,
    to: instantOf({ day: nextDay(day), time: "00:00" }, zone) ?? ms,
  };
}

const HOURS_24 = 24 * 3600_000;

function nextDay(day: CalendarDay): CalendarDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + HOURS_24).toISOString().slice(0, 10);
}

/** Milliseconds by which the clock of `zone` is ahead of UTC. */
function offset(ms: number, zone: string): number {
  const minute = Math.floor(ms / 60_000) * 60_000;
  return (utcOf(wallOf(minute, zone)) ?? minute) - minute;
}

function utcOf({ day, time }: Wall): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(day) || !/^\d{2}:\d{2}$/u.test(time)) return null;
  const ms = Date.parse(`${day}T${time}:00Z`);
  return Number.isNaN(ms) ? null : ms;
}

function formatter(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone);
  if (!known) {
    known = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formatters.set(zone, known);
  }
  return known;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
