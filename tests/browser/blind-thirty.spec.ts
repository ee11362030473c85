import { afterEach, beforeAll, expect, test } from "vitest";
import type { ServerMessage } from "../../web-client/src/protocol";
import { buildClient } from "./client/build";
import type { Held } from "./client/held";
import { Crowd } from "./harness/crowd";
import type { Evaluates } from "./harness/rtc";
import { Meeting } from "./steps/meeting";
import type { Guest, Host } from "./steps/people";
import { agree, seen, sees, timing } from "./steps/secure";

// A class of thirty in one group: how long it takes to come in, what sealing costs, how large what is
// sent for it is. Host and newcomer are browsers; the others are the same code in one process of Node.

const MEMBERS = 30;
const FULL = process.env.QUIETROOM_FULL === "1";
const JOINS = FULL ? 60 : 20;
/** Milliseconds from being let in to the first picture of the host, for 19 of 20. */
const JOIN_LIMIT = 1_000;
/** What takes time here is to be the group, not to encode pictures for a machine of two cores. */
const CAMERA = { fps: 10, small: true };
/** Sizes of the group at which a commit and a welcome are measured. */
const SIZES = [2, 4, MEMBERS];

let meeting: Meeting | undefined;
let crowd: Crowd;

beforeAll(() => {
  crowd = Crowd.start();
});

afterEach(async () => {
  await crowd.stop();
  await meeting?.stop();
});

test("thirty are in one group, and a newcomer sees the host about as soon as in a group of two", async () => {
  const names = Array.from({ length: MEMBERS - 1 }, (_, n) => `Guest ${n + 10}`);
  const newcomer = names.at(-1) ?? "";
  meeting = await Meeting.open(buildClient("recording"), "Chromium", names, CAMERA);
  const { host } = meeting;
  const guest = await meeting.arrive(newcomer, "Chromium", CAMERA);
  const link = meeting.linkOf(newcomer);
  const ofTwo = await joins(host, guest, link, JOINS / 2);

  for (const [n, name] of names.slice(0, -1).entries()) {
    await admit(host.page, await crowd.knock(meeting.linkOf(name), name));
    await sees(host.page, `${name} is in the group`, (now) => now.names.length === n + 2);
  }
  await guest.knock(link);
  const ofThirty = await joins(host, guest, link, JOINS);

  console.log(
    JSON.stringify({
      members: MEMBERS,
      join_ms: { of_two: ofTwo.summary, of_thirty: ofThirty.summary },
      chromium_frame_ms: await timing(host.page),
      bytes: await sizes(ofThirty.welcome),
    }),
  );
  expect(ofThirty.summary.median / ofTwo.summary.median, "times as long").toBeLessThan(4);
  // The figure itself is for a machine that does nothing else.
  if (FULL) expect(ofThirty.summary.p95, "milliseconds").toBeLessThan(JOIN_LIMIT);
});

interface Joins {
  /** Milliseconds from being let in to the first picture of the host. */
  summary: { joins: number; median: number; p95: number; longest: number };
  /** Bytes of the last welcome. */
  welcome: number;
}

/** The guest, who is at the door, comes in so often and leaves after each. */
async function joins(host: Host, guest: Guest, link: string, count: number): Promise<Joins> {
  const times: number[] = [];
  let welcome = 0;
  const { length: before } = (await seen(host.page)).names;
  for (let n = 0; n < count; n += 1) {
    if (n > 0) await guest.knock(link);
    const device = await knocking(host.page);
    const picture = firstPicture(guest.page);
    const from = Date.now();
    await admit(host.page, device);
    times.push((await picture) - from);
    await agree([host.page, guest.page], before + 1);
    welcome = await welcomeOf(guest.page);
    await guest.leave();
    await sees(host.page, "they are gone", ({ names }) => names.length === before);
  }
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(count * share) - 1] ?? Number.POSITIVE_INFINITY;
  return { summary: { joins: count, median: at(0.5), p95: at(0.95), longest: at(1) }, welcome };
}

/** Bytes of a commit that adds somebody and of their welcome, by the size that it gives the group. */
async function sizes(lastWelcome: number): Promise<object[]> {
  const found = [];
  // What came to the first of the crowd, from the one that added it on.
  const { commits } = await crowd.sizes(0);
  for (const members of SIZES) {
    const welcome = members === MEMBERS ? lastWelcome : (await crowd.sizes(members - 2)).welcome;
    found.push({ members, commit: commits[members - 2], welcome });
  }
  return found;
}

/** Lets someone in as the host's card does, without the clicks. */
function admit(page: Evaluates, device: string): Promise<void> {
  return page.evaluate(
    (device: string) =>
      (window as unknown as { held: Held }).held.rooms.at(-1)?.admit(device, "known_to_me", true),
    device,
  );
}

/** The device that waits at the door, once its knock is proven. */
async function knocking(page: Evaluates): Promise<string> {
  const until = Date.now() + 20_000;
  for (;;) {
    const device = await page.evaluate<string | null>(() => {
      const room = (window as unknown as { held: Held }).held.rooms.at(-1);
      const security = room?.security.value;
      const members = security?.is === "secure" ? security.members : [];
      const inside = new Set(members.map(({ device }) => device));
      const proofs = [...(room?.proofs.value ?? [])];
      return (
        proofs.find(([device, proof]) => proof === "proven" && !inside.has(device))?.[0] ?? null
      );
    });
    if (device) return device;
    if (Date.now() > until) throw new Error("nobody knocks");
    await new Promise((tick) => setTimeout(tick, 50));
  }
}

/** Bytes of the welcome by which a page came in. */
async function welcomeOf(page: Evaluates): Promise<number> {
  const letters = await page.evaluate<number>(() => {
    const { heldAnswers } = window as unknown as { heldAnswers: ServerMessage[] };
    const welcomes = heldAnswers.flatMap((message) =>
      message.type === "delivery" && message.delivery.what.type === "commit"
        ? [message.delivery.what.welcome?.length ?? 0]
        : [],
    );
    return Math.max(0, ...welcomes);
  });
  return Math.floor((letters * 3) / 4);
}

/** When the first frame of a camera is decoded in a page, milliseconds since 1970. */
function firstPicture(page: Evaluates): Promise<number> {
  return page.evaluate<number>(async () => {
    const held = window as unknown as { heldConnections: RTCPeerConnection[] };
    for (const end = Date.now() + 15_000; Date.now() < end; ) {
      for (const connection of held.heldConnections) {
        if (connection.connectionState === "closed") continue;
        for (const s of (await connection.getStats()).values()) {
          if (s.type === "inbound-rtp" && s.kind === "video" && s.framesDecoded > 0) {
            return Date.now();
          }
        }
      }
      await new Promise((tick) => setTimeout(tick, 25));
    }
    throw new Error("no picture came");
  });
}
