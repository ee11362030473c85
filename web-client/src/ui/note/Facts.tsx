import { useState } from "preact/hooks";
import type { NoteStub } from "../../protocol";
import { Toggle } from "../kit/Field";
import { Icon } from "../kit/Icon";
import { lock } from "../kit/icons";
import { AttendanceChart } from "./AttendanceChart";
import { factRows } from "./facts";
import { words } from "./words";

/** What the session knows, each line with its source and, on demand, the numbers of its facts. */
export function Facts({ stub }: { stub: NoteStub }) {
  const [numbers, setNumbers] = useState(false);
  return (
    <section class="facts" aria-labelledby="facts">
      <div class="row between">
        <h2 id="facts">{words.facts}</h2>
        <span class="small quiet filled-by">
          <Icon of={lock} size="s" />
          {words.filledBy}
        </span>
      </div>
      <AttendanceChart stub={stub} />
      <dl>
        {factRows(stub).map((row) => (
          <div class="fact" key={row.key}>
            <dt>{row.label}</dt>
            <dd>{row.key === "together" ? <b>{row.value}</b> : row.value}</dd>
            <dd class="source">
              {row.source}
              {numbers && row.facts.length > 0 && (
                <span class="fact-numbers">{words.factNumbers(row.facts.join(", "))}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <div class="small">
        <Toggle label={words.showNumbers} on={numbers} onChange={setNumbers} />
      </div>
    </section>
  );
}
