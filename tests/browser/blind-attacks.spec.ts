import type { Page } from "playwright-core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { Delivery } from "../../web-client/src/protocol";
import { buildClient } from "./client/build";
import { type Between, standBetween, type ToPage } from "./harness/between";
import { Meeting, steady, together } from "./steps/meeting";
import type { Guest } from "./steps/people";
import { agree, seen, sees } from "./steps/secure";

// A server that meddles, seen from the browsers: what they refuse, and what they say of it.

let client: string;
let meeting: Meeting | undefined;

beforeAll(() => {
  client = buildClient("recording");
});

afterEach(async () => {
  await meeting?.stop();
  meeting = undefined;
});

test("who has a link's token but not its secret is not let in", async () => {
  meeting = await Meeting.open(client, "Chromium", ["Jordan"]);
  const { host } = meeting;
  // The token alone redeems the link; the binding cannot be made without the secret.
  const prepare = async (page: Page) => {
    const between = await standBetween(page);
    between.toServer = (sent) =>
      sent.message.type === "package"
        ? [{ ...sent, message: { ...sent.message, binding: "A".repeat(43) } }]
        : [sent];
  };
  await meeting.arrive("Jordan", "Chromium", { prepare });
  const now = await sees(host.page, "the host is told", ({ events }) => events.length > 0);
  expect(now.events).toEqual(["knock_forged"]);
  await expect(meeting.host.letIn("Jordan")).rejects.toThrow();
  expect((await seen(host.page)).names).toHaveLength(1);
});

test("a key package that the server put in place of a guest's is not let in", async () => {
  const host = await meddled(["Jordan", "Sam"]);
  const packages = new Map<string, string>();
  host.between.toPage = (message) => {
    if (message.type !== "packages") return [message];
    for (const one of message.packages) packages.set(one.participant, one.package);
    // Everyone's package is somebody else's.
    const turned = message.packages.map((one) => {
      const other = [...packages].find(([participant]) => participant !== one.participant);
      return other ? { ...one, package: other[1] } : one;
    });
    return [{ ...message, packages: turned }];
  };
  await host.meeting.arrive("Jordan", "Chromium");
  await host.meeting.arrive("Sam", "Chromium");
  const { page } = host.meeting.host;
  const now = await sees(page, "the host is told", ({ events }) => events.length > 0);
  expect(new Set(now.events)).toEqual(new Set(["knock_forged"]));
  expect(now.names).toHaveLength(1);
});

test("a commit that comes again, as what it was or as the next one, changes nothing", async () => {
  const { jordan, between, people } = await threeAndOneBetween();
  const before = await seen(jordan.page);
  const last = commits(between.heard).at(-1);
  if (!last) throw new Error("there was no commit");
  const newest = Math.max(...deliveries(between.heard).map(({ seq }) => seq));
  between.inject({ type: "delivery", delivery: { ...last, seq: newest + 1 } });
  const at = { ...last.at, epoch: before.epoch };
  between.inject({ type: "delivery", delivery: { ...last, seq: newest + 2, at } });
  const after = await sees(jordan.page, "it is shown", ({ events }) => events.length > 0);
  expect(after.events[0]).toMatch(/^commit_refused/);
  expect(after).toMatchObject({ is: "secure", epoch: before.epoch, code: before.code });
  await steady(people, 3_000);
});

test("commits in another order come to the same group in the end", async () => {
  meeting = await Meeting.open(client, "Chromium", ["Jordan", "Sam"]);
  const { host } = meeting;
  const { guest: jordan, between } = await arriveMeddled(meeting, "Jordan");
  await host.letIn("Jordan");
  await together([host, jordan]);
  const held: ToPage[] = [];
  between.toPage = (message) => {
    if (message.type !== "delivery" || held.length > 2) return [message];
    held.push(message);
    return held.length < 2 ? [] : held.splice(0).reverse();
  };
  const sam = await meeting.arrive("Sam", "Chromium");
  await host.letIn("Sam");
  await together([host, jordan, sam]);
});

test("a commit that is withheld leaves its page behind, until it is asked for", async () => {
  meeting = await Meeting.open(client, "Chromium", ["Jordan", "Sam"]);
  const { host } = meeting;
  const { guest: jordan, between } = await arriveMeddled(meeting, "Jordan");
  await host.letIn("Jordan");
  await together([host, jordan]);
  const before = await seen(jordan.page);
  between.toPage = (message) => (message.type === "delivery" ? [] : [message]);
  const sam = await meeting.arrive("Sam", "Chromium");
  await host.letIn("Sam");
  await agree([host.page, sam.page], 3);
  // Nobody is in Jordan's group whom Jordan's browser did not see join.
  expect(await seen(jordan.page)).toMatchObject({ epoch: before.epoch, code: before.code });
  between.toPage = (message) => [message];
  await jordan.page.reload();
  await together([host, jordan, sam]);
});

test("a guest refuses a group that is not of the clinician in the link", async () => {
  meeting = await Meeting.open(client, "Chromium", ["Jordan"]);
  const link = meeting.linkOf("Jordan");
  const jordan = await meeting.arrive("Jordan", "Chromium", {}, otherHost(link));
  await meeting.host.letIn("Jordan");
  await sees(jordan.page, "the group is refused", ({ is }) => is === "refused");
  expect((await seen(jordan.page)).why).toBe("wrong_host");
});

/** The link with the fingerprint of another clinician: one bit differs. */
function otherHost(link: string): string {
  const [address, fragment = ""] = link.split("#");
  const bytes = Buffer.from(fragment, "base64url");
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return `${address}#${bytes.toString("base64url")}`;
}

async function meddled(names: string[]): Promise<{ meeting: Meeting; between: Between }> {
  let between: Between | undefined;
  const prepare = async (page: Page) => {
    between = await standBetween(page);
  };
  meeting = await Meeting.open(client, "Chromium", names, { prepare });
  if (!between) throw new Error("nobody stands between");
  return { meeting, between };
}

async function arriveMeddled(
  at: Meeting,
  name: string,
): Promise<{ guest: Guest; between: Between }> {
  let between: Between | undefined;
  const prepare = async (page: Page) => {
    between = await standBetween(page);
  };
  const guest = await at.arrive(name, "Chromium", { prepare });
  if (!between) throw new Error("nobody stands between");
  return { guest, between };
}

/** Host, Sam and Jordan are together; someone stands between Jordan and the server. */
async function threeAndOneBetween() {
  meeting = await Meeting.open(client, "Chromium", ["Jordan", "Sam"]);
  const { host } = meeting;
  const { guest: jordan, between } = await arriveMeddled(meeting, "Jordan");
  const sam = await meeting.arrive("Sam", "Chromium");
  await host.letIn("Jordan");
  await host.letIn("Sam");
  const people = [host, jordan, sam];
  await together(people);
  return { jordan, between, people };
}

function deliveries(heard: readonly ToPage[]): Delivery[] {
  return heard.flatMap((message) => (message.type === "delivery" ? [message.delivery] : []));
}

function commits(heard: readonly ToPage[]): Delivery[] {
  return deliveries(heard).filter(({ what }) => what.type === "commit");
}
