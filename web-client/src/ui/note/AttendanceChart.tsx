import { useId } from "preact/hooks";
import type { NoteStub } from "../../protocol";
import { BAR_HEIGHT, type Chart, type ChartRow, chartOf } from "../../record/chart";
import { preciseTimeOf, timeOf } from "../format";
import { firstName } from "../words";
import { words } from "./fact-words";

/** Who was here and when: as a picture, in a sentence each for screen readers, and as a table. */
export function AttendanceChart({ stub }: { stub: NoteStub }) {
  const chart = chartOf(stub);
  return (
    <figure class="card attendance">
      <figcaption class="row between wrap small">
        <b class="b">{words.chart}</b>
        <span class="row wrap chart-key" aria-hidden="true">
          <span class="key-here">{words.here}</span>
          <span class="key-waiting">{words.waiting}</span>
          <span class="key-both">{words.bothHere}</span>
          <span class="key-dropped">{words.dropped}</span>
        </span>
      </figcaption>
      <Picture chart={chart} stub={stub} />
      <details class="chart-table">
        <summary class="small">{words.asTable}</summary>
        <AttendanceTable stub={stub} />
      </details>
    </figure>
  );
}

function Picture({ chart, stub }: { chart: Chart; stub: NoteStub }) {
  const id = useId();
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${chart.width} ${chart.height}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{words.chartTitle}</title>
      <desc id={`${id}-desc`}>{description(stub)}</desc>
      {chart.together.map((span) => (
        <rect
          key={span.x}
          class="both"
          x={span.x}
          y={6}
          width={span.width}
          height={chart.floor - 10}
          rx={3}
        />
      ))}
      {chart.ticks.map((tick) => (
        <g key={tick.at}>
          <line class="grid" x1={tick.x} x2={tick.x} y1={6} y2={chart.floor} />
          <text
            class="tick"
            x={tick.x}
            y={chart.floor + 16}
            text-anchor={tick.x > 460 ? "end" : "middle"}
          >
            {timeOf(tick.at, stub.time_zone, true)}
          </text>
        </g>
      ))}
      {chart.rows.map((row) => (
        <Row key={row.who} row={row} />
      ))}
    </svg>
  );
}

function Row({ row }: { row: ChartRow }) {
  const middle = row.y + BAR_HEIGHT / 2;
  return (
    <g>
      <text class="name" x={0} y={middle + 4}>
        {shortened(
          row.who === "client" || row.who === "clinician" ? firstName(row.name) : row.name,
        )}
      </text>
      {row.bars.map((bar) => (
        <rect
          key={`${bar.kind}-${bar.x}`}
          class={bar.kind}
          x={bar.x}
          y={row.y}
          width={bar.width}
          height={BAR_HEIGHT}
          rx={Math.min(4, bar.width / 2)}
        />
      ))}
      {row.gaps.map((gap) => (
        <path key={gap.x} class="gap" d={gapPath(gap, middle)} />
      ))}
    </g>
  );
}

/** Just inside the gap between two bars, but never too short to be seen. */
function gapPath(gap: { x: number; width: number }, y: number): string {
  const center = gap.x + gap.width / 2;
  const half = Math.max(gap.width / 2 - 1, 2);
  return `M${center - half} ${y}H${center + half}`;
}

function AttendanceTable({ stub }: { stub: NoteStub }) {
  const time = (ms: number) => preciseTimeOf(ms, stub.time_zone);
  return (
    <div class="scroll-table">
      <table class="small">
        <caption class="sr">{words.chartTitle}</caption>
        <thead>
          <tr>
            <th scope="col">{words.who}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.to}</th>
          </tr>
        </thead>
        <tbody>
          {stretches(stub).map((stretch) => (
            <tr key={`${stretch.name}-${stretch.what}-${stretch.from}`}>
              <th scope="row">{stretch.name}</th>
              <td>
                {{ waited: words.waiting, here: words.here, dropped: words.dropped }[stretch.what]}
              </td>
              <td>{time(stretch.from)}</td>
              <td>{time(stretch.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Stretch {
  name: string;
  what: "waited" | "here" | "dropped";
  from: number;
  to: number;
}

/** All that the picture shows, in order of time. */
function stretches(stub: NoteStub): Stretch[] {
  const client = firstName(stub.name);
  const clinician = firstName(stub.clinician);
  const found: Stretch[] = [
    ...stub.waited.map((span) => ({ ...span, name: client, what: "waited" as const })),
    ...stub.here.map((span) => ({ ...span, name: client, what: "here" as const })),
    ...stub.clinician_here.map((span) => ({ ...span, name: clinician, what: "here" as const })),
    ...stub.others.flatMap((other) =>
      other.here.map((span) => ({ ...span, name: other.name, what: "here" as const })),
    ),
    ...stub.interruptions.map((span) => ({
      ...span,
      name: span.cause === "clinician_connection" ? clinician : client,
      what: "dropped" as const,
    })),
  ];
  return found.sort((a, b) => a.from - b.from);
}

function description(stub: NoteStub): string {
  const time = (ms: number) => preciseTimeOf(ms, stub.time_zone);
  const sentence = {
    waited: words.clientWaited,
    here: words.personHere,
    dropped: words.personDropped,
  };
  return stretches(stub)
    .map((stretch) => sentence[stretch.what](stretch.name, time(stretch.from), time(stretch.to)))
    .join(" ");
}

/** The column of names is narrow. */
function shortened(name: string): string {
  return name.length > 13 ? `${name.slice(0, 12)}…` : name;
}
