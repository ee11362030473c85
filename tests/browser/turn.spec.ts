import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";
import type { Page as FirefoxPage } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Clinic, startClinic } from "./harness/clinic";
import { type Firefox, startFirefox } from "./harness/firefox";
import { type Elsewhere, type Firewall, startElsewhere } from "./harness/network";
import { alive, type Evaluates, flowing } from "./harness/rtc";
import { makeClinician, signInAs } from "./steps/account";
import { joinInFirefox } from "./steps/firefox";
import { createAppointment, endForEveryone, enterCall, letIn } from "./steps/staff";

// The server is on another machine than the browsers, behind a firewall that forbids what each test
// says. It has two addresses: media is offered on the first one only, TURN is on the second.

const HOST = "clinic.test";
const TURN_HOST = "turn.clinic.test";

let elsewhere: Elsewhere;
let clinic: Clinic | undefined;
let chromium: Chromium | undefined;
let firefox: Firefox | undefined;

beforeAll(async () => {
  elsewhere = await startElsewhere([HOST, TURN_HOST]);
});

afterEach(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  const code = await clinic?.stop();
  elsewhere.firewall("open");
  chromium = undefined;
  firefox = undefined;
  clinic = undefined;
  expect(code).toBe(0);
});

afterAll(() => elsewhere?.stop());

/** A way through a firewall. */
interface Way {
  firewall: (media: string) => Firewall;
  /** Lines of `[turn]`. */
  turn?: string;
  /** What the page says. */
  words: string;
  /** What it is counted as. */
  metric: string;
}

const ways: Record<string, Way> = {
  "UDP is open": {
    firewall: () => "open",
    words: "Connected directly",
    metric: "udp",
  },
  "UDP goes to TURN only": {
    firewall: (media) => ({ noUdpTo: media }),
    // Firefox keeps the first way that works, even when a better one works a moment later.
    turn: "tcp_port = 0\ntls_port = 0",
    words: "Connected through the clinic's relay (UDP)",
    metric: "turn_udp",
  },
  "all UDP is blocked": {
    firewall: () => "no_udp",
    // As above: TLS may be a moment earlier.
    turn: "tls_port = 0",
    words: "Connected through the clinic's relay over TCP",
    metric: "turn_tcp",
  },
  "all UDP is blocked, and TCP but for TLS": {
    firewall: () => "no_udp",
    turn: "tcp_port = 0",
    words: "Connected through the clinic's relay over the web port",
    metric: "turn_tls",
  },
};

test.for(Object.entries(ways))("Chromium and Firefox hold a session when %s", async ([, way]) => {
  clinic = await start(way);
  const { origin, authority, api } = clinic;
  const account = await makeClinician(clinic);
  [chromium, firefox] = await Promise.all([
    startChromium({ trust: authority }),
    startFirefox({ trust: authority }),
  ]);
  elsewhere.firewall(way.firewall(elsewhere.addresses[0]));

  const clinician = await chromium.open("about:blank");
  await signInAs(clinician, origin, account);
  const links = await createAppointment(clinician, ["Sam"]);
  await enterCall(clinician, "Sam");
  const sam = await firefox.open(links.get("Sam") ?? "");
  await joinInFirefox(sam, "Sam");

  const admitted = await letIn(clinician, "Sam");
  const pages = [
    [clinician, "the clinician in Chromium"],
    [sam, "the guest in Firefox"],
  ] as const;
  const moving = pages.map(([page, who]) => videoMoves(page, who, admitted));
  for (const [which, took] of (await Promise.all(moving)).entries()) {
    expect(took, `${pages[which]?.[1]} is connected within 5 s`).toBeLessThan(5_000);
  }
  for (const [page, who] of pages) await alive(page, `${who} sees and hears on`);

  // The page and the interface answer on the port on which TURN is spoken.
  expect((await api.get("/livez")).status).toBe(200);
  expect((await api.get("/api/v1/me")).status).toBe(401);
  // A browser may begin with the first way that works, and goes over to the best.
  await sayInChromium(clinician, way.words);
  await sayInFirefox(sam, way.words);
  const none = { udp: 0, turn_udp: 0, turn_tcp: 0, turn_tls: 0 };
  const settled = { timeout: 10_000, interval: 500 };
  await vi.waitFor(() => expect(peersByWay()).toEqual({ ...none, [way.metric]: 4 }), settled);

  for (const [page, who] of pages) await alive(page, `${who} still sees and hears`);
  await endForEveryone(clinician);
});

function start({ turn = "" }: Way): Promise<Clinic> {
  const [media, other] = elsewhere.addresses;
  return startClinic({
    at: { host: HOST, port: 443 },
    also: [TURN_HOST],
    inside: elsewhere.inside,
    sections: `
[relay]
listen = ["${media}", "${other}"]
advertise = ["${media}:0"]
[turn]
host = "${TURN_HOST}"
${turn}
`,
  });
}

/** Milliseconds from `since` until a few pictures have been decoded. */
async function videoMoves(page: Evaluates, who: string, since: number): Promise<number> {
  await flowing(page, `${who} sees video move`, (now) => now.framesDecoded > 5, 30_000);
  return Date.now() - since;
}

/** Waits for the words in the dialog of camera and sound. */
async function sayInChromium(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("dialog").getByText(`${words}.`, { exact: true }).waitFor();
  await page.keyboard.press("Escape");
}

async function sayInFirefox(page: FirefoxPage, words: string): Promise<void> {
  await page.locator("button ::-p-text(More)").click();
  await page.waitForFunction(
    (words) =>
      [...document.querySelectorAll("dialog b")].some((b) => b.textContent === `${words}.`),
    { timeout: 15_000 },
    words,
  );
  await page.keyboard.press("Escape");
}

/** The relay's peers by their way. The server tells its counters to its own machine only. */
function peersByWay(): Record<string, number> {
  const [command = "", ...rest] = [...elsewhere.inside, process.execPath, "-e", READ];
  const text = execFileSync(command, rest, {
    encoding: "utf8",
    env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" },
  });
  const found = text.matchAll(/^quietroom_relay_peers\{way="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, way, count]) => [way, Number(count)]));
}

const READ =
  "fetch('https://127.0.0.1/metrics').then((r) => r.text()).then((t) => process.stdout.write(t))";
