import type { FrameTiming } from "../../../web-client/src/crypto/frames/frames";
import type { Held } from "../client/held";
import type { Evaluates } from "../harness/rtc";

// What pages of the test build (see client/README.md) say of the group they are in.

/** The group as a page sees it. */
export interface Seen {
  is: "starting" | "secure" | "refused";
  group: number;
  epoch: number;
  /** The safety code; empty without keys. */
  code: string;
  /** Names in the tree, sorted. */
  names: string[];
  serverProof: boolean;
  why: string;
  /** What was refused so far, `kind` or `kind: reason`. */
  events: string[];
}

export function seen(page: Evaluates): Promise<Seen> {
  return page.evaluate(() => {
    const room = (window as unknown as { held?: Held }).held?.rooms.at(-1);
    const security = room?.security.value ?? { is: "starting" as const };
    const secure = security.is === "secure" ? security : null;
    return {
      is: security.is,
      group: secure?.at.group ?? 0,
      epoch: secure?.at.epoch ?? 0,
      code: secure?.code ?? "",
      names: secure?.members.map(({ name }) => name).sort() ?? [],
      serverProof: secure?.serverProof ?? false,
      why: security.is === "refused" ? security.why : "",
      events: room?.events.value.map(({ is, why }) => (why ? `${is}: ${why}` : is)) ?? [],
    };
  });
}

/** Waits until `wanted` holds for the group as a page sees it; fails with the last reading. */
export async function sees(
  page: Evaluates,
  what: string,
  wanted: (now: Seen) => boolean,
  withinMs = 20_000,
): Promise<Seen> {
  const until = Date.now() + withinMs;
  for (;;) {
    const now = await seen(page);
    if (wanted(now)) return now;
    if (Date.now() > until) throw new Error(`not so: ${what}: ${JSON.stringify(now)}`);
    await new Promise((tick) => setTimeout(tick, 50));
  }
}

/**
 * Waits until all pages are in one group of so many people, and see the same of it. A device that was
 * lost without a word stays with those of the same person.
 */
export async function agree(pages: readonly Evaluates[], people: number): Promise<Seen> {
  const until = Date.now() + 20_000;
  for (;;) {
    const all = await Promise.all(pages.map(seen));
    const [first] = all;
    const same = all.every(
      ({ is, code, names }) =>
        is === "secure" && code === first?.code && new Set(names).size === people,
    );
    if (first && same) return first;
    if (Date.now() > until) throw new Error(`they do not agree: ${JSON.stringify(all)}`);
    await new Promise((tick) => setTimeout(tick, 50));
  }
}

/** Frames that were dropped in what a page receives now, by reason, and how many were opened. */
export function frames(page: Evaluates): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const frames = (window as unknown as { held?: Held }).held?.frames.at(-1);
    const sum: Record<string, number> = { opened: 0 };
    for (const { opened, dropped } of frames?.health.value.values() ?? []) {
      sum.opened = (sum.opened ?? 0) + opened;
      for (const [why, count] of Object.entries(dropped)) sum[why] = (sum[why] ?? 0) + count;
    }
    return sum;
  });
}

export function sendText(page: Evaluates, text: string): Promise<void> {
  return page.evaluate((text: string) => {
    return (window as unknown as { held: Held }).held.rooms.at(-1)?.sendText(text);
  }, text);
}

/** Texts that have come to a page, in order. */
export function texts(page: Evaluates): Promise<string[]> {
  return page.evaluate(() => {
    const room = (window as unknown as { held?: Held }).held?.rooms.at(-1);
    return room?.texts.value.map(({ text }) => text) ?? [];
  });
}

/** Slices of the frames that pages of this browser were about to seal. */
export function recorded(page: Evaluates): Promise<string[]> {
  return page.evaluate(() => [...(window as unknown as { held: Held }).held.slices]);
}

/** How long sealing and opening of a frame took in a page so far, milliseconds. */
export async function timing(
  page: Evaluates,
): Promise<Record<"seal" | "open", { frames: number; median: number; p99: number }>> {
  const { seal, open } = await page.evaluate<FrameTiming>(() => {
    const frames = (window as unknown as { held: Held }).held.frames.at(-1);
    if (!frames) throw new Error("the page has no frames");
    return frames.timing();
  });
  const rounded = (milliseconds: number) => Math.round(milliseconds * 100) / 100;
  const short = ({ count, median, p99 }: typeof seal) => ({
    frames: count,
    median: rounded(median),
    p99: rounded(p99),
  });
  return { seal: short(seal), open: short(open) };
}
