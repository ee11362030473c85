import { afterEach, beforeAll, test } from "vitest";
import { buildClient } from "./client/build";
import { Meeting, steady, together } from "./steps/meeting";
import type { Browser } from "./steps/people";
import { timing } from "./steps/secure";

// Two people, with every pair of browsers: a minute without a frame that does not open.

const MINUTE = 60_000;

let client: string;
let meeting: Meeting | undefined;

beforeAll(() => {
  client = buildClient("recording");
});

afterEach(async () => {
  await meeting?.stop();
  meeting = undefined;
});

const pairs: [Browser, Browser][] = [
  ["Chromium", "Chromium"],
  ["Chromium", "Firefox"],
  ["Firefox", "Firefox"],
];

test.for(pairs)("%s and %s see and hear each other for a minute", async ([leads, comes]) => {
  meeting = await Meeting.open(client, leads, ["Jordan"]);
  const jordan = await meeting.arrive("Jordan", comes);
  await meeting.host.letIn("Jordan");
  const both = [meeting.host, jordan];
  await together(both);
  await steady(both, MINUTE);
  for (const { browser, page } of both) {
    console.log(JSON.stringify({ browser, milliseconds: await timing(page) }));
  }
});
