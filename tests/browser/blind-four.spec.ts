import { afterAll, beforeAll, expect, test } from "vitest";
import { buildClient } from "./client/build";
import { type Pictures, watchPictures } from "./steps/gaps";
import { Meeting, steady, together } from "./steps/meeting";
import type { Guest, Person } from "./steps/people";
import { agree, type Seen, seen } from "./steps/secure";

// Four people in two kinds of browsers, while people come and go: what that does to those who stay.

const FULL = process.env.QUIETROOM_FULL === "1";
/**
 * Milliseconds that a pause may be longer than one without any change. Keys that come late make one of
 * more than a second; what is below is for a machine that does nothing else.
 */
const MORE = FULL ? 300 : 500;
/** Milliseconds in which a change can be noticed. */
const AFTERWARDS = 6_000;
const CONTROL = 15_000;
/** A browser that starts or a page that loads takes its share of two processors: each change is seen so often. */
const ROUNDS = 3;
/** Few enough pictures, and small ones, that the machine has time for all of them in four browsers. */
const CAMERA = { fps: 10, small: true };

let meeting: Meeting;
let jordan: Guest;
let sam: Guest;
let rosa: Guest;
/** Longest pause of everyone without a change, milliseconds, by person. */
const usual = new Map<Person, number>();
/** The same while the fourth comes, and while they leave, each time. */
const coming = new Map<Person, Pictures[]>();
const going = new Map<Person, Pictures[]>();

beforeAll(async () => {
  meeting = await Meeting.open(
    buildClient("recording"),
    "Chromium",
    ["Jordan", "Sam", "Rosa"],
    CAMERA,
  );
  jordan = await meeting.arrive("Jordan", "Chromium", CAMERA);
  sam = await meeting.arrive("Sam", "Firefox", CAMERA);
  await meeting.host.letIn("Jordan");
  await meeting.host.letIn("Sam");
  await together([meeting.host, jordan, sam]);
  // The fourth is at the door all the while: browsers starting up take their share of the machine.
  rosa = await meeting.arrive("Rosa", "Firefox", CAMERA);
});

afterAll(() => meeting?.stop());

test("without a change, the pauses between pictures are what this machine makes of them", async () => {
  const three = [meeting.host, jordan, sam];
  await together(three);
  const watches = await watchAll(three);
  await steady(three, CONTROL);
  for (const [person, watched] of watches) usual.set(person, (await watched()).longest);
});

test("while the fourth comes and goes, the pictures of the others go on", async () => {
  const staying = [meeting.host, jordan, sam];
  const four = [...staying, rosa];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await watch(staying, coming, async () => {
      await meeting.host.letIn("Rosa");
      await together(four);
    });
    if (round === ROUNDS) break;
    await watch(staying, going, () => rosaLeaves(staying));
    await rosa.knock(meeting.linkOf("Rosa"));
  }
  picturesWentOn(coming);
  await steady(four, 60_000);
});

test("a guest who reloads is the same person again, with keys of the time after", async () => {
  const four = [meeting.host, jordan, sam, rosa];
  await jordan.page.reload();
  await together(four);
  await steady(four, 4_000);
});

test("a host whose page reloads goes on with the group it had", async () => {
  const four = [meeting.host, jordan, sam, rosa];
  const before = await seen(jordan.page);
  await meeting.host.page.reload();
  await together(four);
  expect((await seen(jordan.page)).group).toBe(before.group);
  await steady(four, 4_000);
});

test("a host whose page is lost has everyone in a group again", async () => {
  const four = [meeting.host, jordan, sam, rosa];
  await meeting.host.crash();
  await together(four);
  await steady(four, 4_000);
});

test("when one leaves, the pictures of the others go on under other keys", async () => {
  const staying = [meeting.host, jordan, sam];
  await watch(staying, going, () => rosaLeaves(staying));
  picturesWentOn(going);
  await steady(staying, 4_000);
});

test("when one is taken out, the others go on under keys that they do not have", async () => {
  const staying = [meeting.host, jordan];
  const before = await seen(jordan.page);
  await meeting.host.takeOut("Sam");
  await keysChange(staying, before);
  await steady(staying, 4_000);
  expect((await seen(sam.page)).epoch).toBeLessThanOrEqual(before.epoch);
});

async function keysChange(staying: readonly Person[], before: Seen): Promise<void> {
  const pages = staying.map(({ page }) => page);
  const after = await agree(pages, staying.length);
  expect(after.epoch).toBeGreaterThan(before.epoch);
  expect(after.code).not.toBe(before.code);
}

async function rosaLeaves(staying: readonly Person[]): Promise<void> {
  const before = await seen(jordan.page);
  await rosa.leave();
  await keysChange(staying, before);
}

/** Adds what becomes of the pictures of those who stay while something changes. */
async function watch(
  staying: readonly Person[],
  seen: Map<Person, Pictures[]>,
  change: () => Promise<void>,
): Promise<void> {
  const watches = await watchAll(staying);
  const until = Date.now() + AFTERWARDS;
  await change();
  await new Promise((enough) => setTimeout(enough, Math.max(0, until - Date.now())));
  for (const [person, watched] of watches) {
    seen.set(person, [...(seen.get(person) ?? []), await watched()]);
  }
}

/** Those who stayed saw each other with hardly longer pauses than without a change. */
function picturesWentOn(seen: ReadonlyMap<Person, readonly Pictures[]>): void {
  for (const [person, times] of seen) {
    const before = usual.get(person) ?? 0;
    const longest = times.map((pictures) => pictures.longest);
    const decoded = times.map((pictures) => pictures.decoded);
    console.log(
      `   ${person.browser}: longest pauses ${longest.join(", ")} ms, without a change ${before} ms; ` +
        `${decoded.map((share) => Math.round(share * 100)).join(", ")} % of pictures decoded`,
    );
    expect(times).toHaveLength(ROUNDS);
    expect(median(longest), `longest pause in ${person.browser}`).toBeLessThanOrEqual(
      before + MORE,
    );
    expect(median(decoded), `share of pictures decoded in ${person.browser}`).toBeGreaterThan(0.85);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

async function watchAll(people: readonly Person[]): Promise<Map<Person, () => Promise<Pictures>>> {
  const watches = new Map<Person, () => Promise<Pictures>>();
  for (const person of people) watches.set(person, await watchPictures(person.page));
  return watches;
}
