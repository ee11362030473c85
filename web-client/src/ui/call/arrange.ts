import type { DeviceId, Present, Quality, Source, Want } from "../../protocol";

/** How the stage is divided. */
export type Layout =
  /** Nobody else is here. */
  | "empty"
  | "one"
  | "two"
  /** Equal tiles. */
  | "grid"
  /** One large picture over a strip of small ones. */
  | "spotlight";

export interface Arrangement {
  layout: Layout;
  /** The large picture. */
  main: { device: DeviceId; source: Source } | null;
  /** The small or equal tiles of the shown page, in order. */
  tiles: DeviceId[];
  page: number;
  pages: number;
}

/** People on one page. */
export const PAGE = { wide: 12, narrow: 6, strip: 6 } as const;

/** From so many others on, the leader has the large picture. */
const CLASS = 7;

/**
 * Divides the stage among `people`, who are already in their order.
 *
 * @param shared the device whose screen is shown, `null` without one
 * @param leader the device that leads, `null` when that is oneself
 */
export function arrange(
  people: readonly DeviceId[],
  view: { shared: DeviceId | null; leader: DeviceId | null; narrow: boolean; page: number },
): Arrangement {
  const none = { main: null, page: 0, pages: 1 };
  if (view.shared !== null) {
    const main = { device: view.shared, source: "screen" as const };
    return paged("spotlight", main, people, PAGE.strip, view.page);
  }
  if (people.length === 0) return { ...none, layout: "empty", tiles: [] };
  if (people.length === 1) return { ...none, layout: "one", tiles: [...people] };
  if (people.length === 2) return { ...none, layout: "two", tiles: [...people] };
  if (people.length < CLASS) return { ...none, layout: "grid", tiles: [...people] };
  const size = view.narrow ? PAGE.narrow : PAGE.wide;
  const { leader } = view;
  if (leader === null || !people.includes(leader)) {
    // One place is for oneself.
    return paged("grid", null, people, size - 1, view.page);
  }
  const rest = people.filter((device) => device !== leader);
  return paged("spotlight", { device: leader, source: "camera" }, rest, size, view.page);
}

/**
 * The order of people after some came or went. It is fixed for the session: who comes is last. Only
 * someone who talks on a later page changes places with a quiet person on the first.
 */
export function keepOrder(
  before: readonly DeviceId[],
  present: readonly DeviceId[],
  speaking: ReadonlySet<DeviceId>,
  pageSize: number,
): DeviceId[] {
  const here = new Set(present);
  const order = before.filter((device) => here.has(device));
  const known = new Set(order);
  order.push(...present.filter((device) => !known.has(device)));
  for (let talking = pageSize; talking < order.length; talking += 1) {
    const device = order[talking];
    if (device === undefined || !speaking.has(device)) continue;
    const quiet = lastQuiet(order, speaking, pageSize);
    const moved = order[quiet];
    if (moved === undefined) break;
    order[quiet] = device;
    order[talking] = moved;
  }
  return order;
}

/** One picture on the screen; `height` in device pixels. */
export interface Shown {
  device: DeviceId;
  source: Source;
  height: number;
}

/** What is asked of the relay: no more than is seen. Pictures that are not seen are asked small. */
export function wantsOf(people: readonly Present[], shown: readonly Shown[]): Want[] {
  const wants: Want[] = [];
  for (const { device, media } of people) {
    for (const source of ["camera", "screen"] as const) {
      if (!media[source]) continue;
      const tile = shown.find((tile) => tile.device === device && tile.source === source);
      wants.push({ device, source, quality: tile ? qualityFor(tile) : "low" });
    }
  }
  return wants;
}

/** The smallest layer that fills the height; layers are about 180, 360 and 720 high. */
function qualityFor({ source, height }: Shown): Quality {
  if (source === "screen" || height > 400) return "high";
  return height > 200 ? "medium" : "low";
}

function lastQuiet(order: DeviceId[], speaking: ReadonlySet<DeviceId>, pageSize: number): number {
  for (let index = pageSize - 1; index >= 0; index -= 1) {
    const device = order[index];
    if (device !== undefined && !speaking.has(device)) return index;
  }
  return -1;
}

function paged(
  layout: Layout,
  main: Arrangement["main"],
  people: readonly DeviceId[],
  size: number,
  wanted: number,
): Arrangement {
  const pages = Math.max(1, Math.ceil(people.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { layout, main, tiles: people.slice(page * size, (page + 1) * size), page, pages };
}
