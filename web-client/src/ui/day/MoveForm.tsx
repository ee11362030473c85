import { useState } from "preact/hooks";
import type { SessionSummary } from "../../protocol";
import { serverNow } from "../../session/day";
import { LENGTHS, reschedule } from "../../session/schedule";
import { instantOf, wallOf } from "../../session/zone";
import { errorWords } from "../errors";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Select, TextField } from "../kit/Field";
import { useFocus } from "../kit/useFocus";
import { common } from "../words";
import { words } from "./dialog-words";

/** Another day, time or length for a session that has not begun. */
export function MoveForm(props: {
  session: SessionSummary;
  zone: string;
  onBack: () => void;
  onMoved: () => void;
}) {
  const { session, zone } = props;
  const first = useFocus<HTMLInputElement>();
  const booked = wallOf(session.starts_at, zone);
  const bookedLength = Math.round((session.ends_at - session.starts_at) / 60_000);
  const lengths = [...new Set([...LENGTHS, bookedLength])].sort((a, b) => a - b);
  const [day, setDay] = useState(booked.day);
  const [time, setTime] = useState(booked.time);
  const [length, setLength] = useState(String(bookedLength));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function save(event: Event) {
    event.preventDefault();
    if (busy) return;
    const starts_at = instantOf({ day, time }, zone);
    if (starts_at === null) return setError(words.badTime);
    const ends_at = starts_at + Number(length) * 60_000;
    if (ends_at <= serverNow()) return setError(words.inPast);
    setBusy(true);
    setError(null);
    try {
      await reschedule(session.session, { starts_at, ends_at });
      props.onMoved();
    } catch (refused) {
      setError(errorWords(refused));
      setBusy(false);
    }
  }

  return (
    <form class="dialog-step" onSubmit={save} aria-label={words.moveTitle} noValidate>
      <h3>{words.moveTitle}</h3>
      <div class="move-fields">
        <TextField label={words.day} type="date" value={day} onValue={setDay} inputRef={first} />
        <TextField label={words.start} type="time" value={time} onValue={setTime} />
        <Select
          label={words.length}
          value={length}
          onValue={setLength}
          options={lengths.map((minutes) => ({
            value: String(minutes),
            label: words.minutes(minutes),
          }))}
        />
      </div>
      <p class="small quiet">{words.linksMove}</p>
      {error && (
        <Banner tone="bad" announce="assertive">
          {error}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button onClick={props.onBack}>{common.back}</Button>
        <Button type="submit" look="primary" busy={busy && words.saving}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}
