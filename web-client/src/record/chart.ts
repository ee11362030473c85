// Who was here and when, as shapes: places on a time line, without words or colors.

import type { Cause, Interval, NoteStub } from "../protocol";

export type BarKind = "here" | "waiting" | "other";

export interface Bar {
  kind: BarKind;
  x: number;
  width: number;
}

export interface ChartRow {
  /** Whose row it is. */
  who: "client" | "clinician" | number;
  name: string;
  /** Top of the row's bars. */
  y: number;
  bars: Bar[];
  /** Stretches in which the connection was lost. */
  gaps: { x: number; width: number }[];
}

export interface Chart {
  width: number;
  height: number;
  /** Bottom of the rows; the times stand below it. */
  floor: number;
  rows: ChartRow[];
  /** Client and clinician both here. */
  together: { x: number; width: number }[];
  ticks: { x: number; at: number }[];
}

export const BAR_HEIGHT = 18;

const WIDTH = 480;
const LEFT = 104;
const RIGHT = 474;
const TOP = 14;
const ROW = 30;
const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120];
const MOST_TICKS = 6;

export function chartOf(stub: NoteStub): Chart {
  const [from, to] = extent(stub);
  const place = (ms: number) => LEFT + ((ms - from) / (to - from)) * (RIGHT - LEFT);
  const span = (interval: { from: number; to: number }) => ({
    x: place(interval.from),
    width: Math.max(place(interval.to) - place(interval.from), 1),
  });
  const bars = (kind: BarKind, intervals: readonly Interval[]): Bar[] =>
    intervals.map((interval) => ({ kind, ...span(interval) }));
  const lost = (...causes: Cause[]) =>
    stub.interruptions.filter((interruption) => causes.includes(interruption.cause)).map(span);

  const rows: Omit<ChartRow, "y">[] = [
    {
      who: "client",
      name: stub.name,
      bars: [...bars("waiting", stub.waited), ...bars("here", stub.here)],
      gaps: lost("client_connection", "server"),
    },
    {
      who: "clinician",
      name: stub.clinician,
      bars: bars("here", stub.clinician_here),
      gaps: lost("clinician_connection", "server"),
    },
    ...stub.others.map((other, at) => ({
      who: at,
      name: other.name,
      bars: bars("other", other.here),
      gaps: [],
    })),
  ];
  const floor = TOP + rows.length * ROW;
  return {
    width: WIDTH,
    height: floor + 22,
    floor,
    rows: rows.map((row, at) => ({ ...row, y: TOP + at * ROW })),
    together: stub.together.map(span),
    ticks: ticks(from, to).map((at) => ({ x: place(at), at })),
  };
}

/** All that is drawn, out to whole minutes or five; the booked time when there is nothing to draw. */
function extent(stub: NoteStub): [number, number] {
  const drawn = [
    ...stub.waited,
    ...stub.here,
    ...stub.clinician_here,
    ...stub.others.flatMap((other) => other.here),
  ];
  const intervals = drawn.length > 0 ? drawn : [stub.scheduled];
  const begin = Math.min(...intervals.map((interval) => interval.from));
  const end = Math.max(...intervals.map((interval) => interval.to));
  const unit = end - begin < 10 * MINUTE ? MINUTE : 5 * MINUTE;
  const from = Math.floor(begin / unit) * unit;
  return [from, Math.max(Math.ceil(end / unit) * unit, from + unit)];
}

/** Round times, at most six of them. */
function ticks(from: number, to: number): number[] {
  const minutes = STEPS.find((step) => (to - from) / (step * MINUTE) < MOST_TICKS) ?? 240;
  const step = minutes * MINUTE;
  const found: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found;
}
