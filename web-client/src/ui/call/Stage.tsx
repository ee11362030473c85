import { useEffect, useRef, useState } from "preact/hooks";
import { streamKey } from "../../media/receive";
import type { DeviceId, Present, Room, Source } from "../../protocol";
import type { Session } from "../../session/session";
import { others, self } from "../../session/state";
import { Icon } from "../kit/Icon";
import { chevronLeft, chevronRight } from "../kit/icons";
import { arrange, keepOrder, PAGE, type Shown, wantsOf } from "./arrange";
import { SelfView } from "./SelfView";
import { PersonTile, ScreenTile } from "./Tile";
import { useNarrow } from "./useNarrow";
import { Voice } from "./Video";
import { words } from "./words";

/** Everyone else, as large as their number allows, and oneself in the corner. */
export function Stage(props: {
  session: Session;
  room: Room;
  /** This person may let others in. */
  leads: boolean;
  onSoundBlocked: () => void;
}) {
  const { session, room } = props;
  const narrow = useNarrow();
  const [page, setPage] = useState(0);
  const stage = useRef<HTMLDivElement>(null);
  const order = useRef<DeviceId[]>([]);
  const speaking = session.media.speaking.value;
  const streams = session.media.streams.value;
  const insecure = session.media.insecure.value;

  const people = others(room);
  const pageSize = narrow ? PAGE.narrow : PAGE.wide;
  const devices = people.map(({ device }) => device);
  order.current = keepOrder(order.current, devices, speaking, pageSize);
  const view = arrange(order.current, {
    shared: people.find(({ media }) => media.screen)?.device ?? null,
    leader: leaderOf(room),
    narrow,
    page,
  });

  const byDevice = new Map(people.map((who) => [who.device, who]));
  const streamOf = (device: DeviceId, source: Source) =>
    streams.get(streamKey(device, source)) ?? null;
  const shownKey = JSON.stringify([view, people.map(({ device, media }) => [device, media])]);
  useEffect(
    () => watchSizes(stage.current, () => tellWants(session, people, stage.current)),
    [shownKey],
  );

  const tile = (device: DeviceId, extra?: { class?: string; leading?: boolean }) => {
    const who = byDevice.get(device);
    if (!who) return null;
    return (
      <PersonTile
        key={device}
        who={who}
        stream={streamOf(device, "camera")}
        insecure={{
          picture: insecure.has(streamKey(device, "camera")),
          sound: insecure.has(streamKey(device, "microphone")),
        }}
        speaking={speaking.has(device)}
        {...extra}
      />
    );
  };
  const own = <SelfView key="self" session={session} me={self(room)} />;
  const sharer = view.main?.source === "screen" ? byDevice.get(view.main.device) : undefined;

  return (
    <div class={`stage at-${view.layout}`} ref={stage}>
      {view.layout === "empty" && <EmptyStage leads={props.leads} />}
      {sharer && (
        <ScreenTile
          who={sharer}
          stream={streamOf(sharer.device, "screen")}
          insecure={insecure.has(streamKey(sharer.device, "screen"))}
        />
      )}
      {view.main?.source === "camera" && tile(view.main.device, { class: "main", leading: true })}
      {view.tiles.length > 0 && (
        <section class="tiles" data-count={view.tiles.length} aria-label={words.people}>
          {view.tiles.map((device) => tile(device))}
          {view.layout === "grid" && own}
        </section>
      )}
      {view.pages > 1 && <Pages page={view.page} pages={view.pages} onPage={setPage} />}
      {view.layout !== "grid" && own}
      {people.map(({ device }) => {
        const voice = streamOf(device, "microphone");
        return voice && <Voice key={device} stream={voice} onBlocked={props.onSoundBlocked} />;
      })}
    </div>
  );
}

function EmptyStage({ leads }: { leads: boolean }) {
  return (
    <div class="nobody">
      <h2>{leads ? words.staffAlone : words.waitingFor}</h2>
      <p class="muted">{leads ? words.staffAloneLead : words.waitingForLead}</p>
    </div>
  );
}

function Pages(props: { page: number; pages: number; onPage: (page: number) => void }) {
  const { page, pages, onPage } = props;
  return (
    <nav class="pages" aria-label={words.people}>
      <button
        type="button"
        class="icon-btn"
        aria-label={words.pageBack}
        aria-disabled={page === 0}
        onClick={() => onPage(Math.max(0, page - 1))}
      >
        <Icon of={chevronLeft} />
      </button>
      <span role="status">{words.page2(page + 1, pages)}</span>
      <button
        type="button"
        class="icon-btn"
        aria-label={words.pageOn}
        aria-disabled={page === pages - 1}
        onClick={() => onPage(Math.min(pages - 1, page + 1))}
      >
        <Icon of={chevronRight} />
      </button>
    </nav>
  );
}

/** The clinician, unless that is oneself. */
function leaderOf(room: Room): DeviceId | null {
  const host = room.present.find(({ role }) => role === "clinician");
  return host && host.device !== room.you ? host.device : null;
}

/** Calls `act` now and whenever the stage changes its size. */
function watchSizes(stage: HTMLElement | null, act: () => void): (() => void) | undefined {
  if (!stage) return undefined;
  act();
  const observer = new ResizeObserver(act);
  observer.observe(stage);
  return () => observer.disconnect();
}

function tellWants(session: Session, people: Present[], stage: HTMLElement | null): void {
  const shown: Shown[] = [];
  for (const tile of stage?.querySelectorAll<HTMLElement>("[data-device]") ?? []) {
    const { device, source } = tile.dataset;
    if (!device || (source !== "camera" && source !== "screen")) continue;
    shown.push({ device, source, height: tile.clientHeight * devicePixelRatio });
  }
  session.show(wantsOf(people, shown));
}
