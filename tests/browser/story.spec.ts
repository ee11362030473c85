import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, phone, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { alive, flow, flowing } from "./harness/rtc";
import { cameraAndSoundOn, inCall, joinWithEverything } from "./steps/guest";
import { tryToSendAndReceive } from "./steps/refused";
import { createAppointment, endForEveryone, enterCall, letIn, signIn } from "./steps/staff";

let demo: Demo;
let chromium: Chromium;

beforeAll(async () => {
  demo = await startDemo();
  chromium = await startChromium();
});

afterAll(async () => {
  await chromium?.close();
  expect(await demo?.stop()).toBe(0);
});

/** Seconds between two moments of the script. */
const seconds = (from: number, to: number) => (to - from) / 1000;

test("a session goes from its link to the stub of its note", async () => {
  const clinician = await chromium.open("about:blank");
  await signIn(clinician, demo.signIn);
  expect(clinician.url(), "the link's secret is gone from the address").not.toContain("#");
  const links = await createAppointment(clinician, ["Jordan"]);
  const link = links.get("Jordan") ?? "";
  expect(link).toMatch(/\/join#[\w-]{86}$/);

  const guest = await chromium.open(link, phone);
  await cameraAndSoundOn(guest);
  await joinWithEverything(guest, "Jordan");

  // Before admission nothing passes, whatever the page tries.
  const refused = await tryToSendAndReceive(guest);
  expect(refused).toEqual(Array(4).fill("not_allowed"));
  expect(await flow(guest)).toMatchObject({ packetsReceived: 0, packetsSent: 0 });
  expect(await demo.counter("quietroom_relay_packets_in_total")).toBe(0);
  expect(await demo.counter("quietroom_relay_packets_out_total")).toBe(0);

  await enterCall(clinician, "Jordan");
  const admitted = await letIn(clinician, "Jordan");
  await inCall(guest);
  await expectToTalk(clinician, guest);
  expect(await demo.counter("quietroom_relay_packets_out_total")).toBeGreaterThan(100);

  await muteAndCamera(clinician, guest);

  // A reload is the same person again, within five seconds.
  const gone = Date.now();
  await guest.reload();
  await inCall(guest);
  await alive(guest, "the guest sees and hears after a reload");
  const back = Date.now();
  expect(seconds(gone, back), "back within 5 s").toBeLessThan(5);
  await alive(clinician, "the clinician sees and hears the guest after the reload");
  expect(await clinician.getByRole("heading", { name: "Jordan" }).count()).toBeLessThan(2);

  const ended = await endForEveryone(clinician);
  await guest.getByRole("heading", { name: "The session is over" }).waitFor();

  await clinician.getByRole("link", { name: "Write the note" }).click();
  await clinician.getByRole("heading", { level: 1, name: /Jordan/ }).waitFor();
  const note = await clinician.evaluate(async () => {
    const id = location.pathname.split("/").pop();
    return (await fetch(`/api/v1/notes/${id}`)).json();
  });
  const { here, interruptions, together, together_seconds, modality } = note.stub;
  expect(here).toHaveLength(2);
  expect(Math.abs(seconds(admitted, here[0].from))).toBeLessThan(1);
  expect(Math.abs(seconds(gone, here[0].to))).toBeLessThan(1);
  expect(seconds(gone, here[1].from)).toBeGreaterThan(0);
  expect(seconds(here[1].from, back)).toBeGreaterThan(-1);
  expect(Math.abs(seconds(ended, here[1].to))).toBeLessThan(1);
  expect(interruptions).toHaveLength(1);
  expect(interruptions[0]).toMatchObject({
    cause: "client_connection",
    from: here[0].to,
    to: here[1].from,
  });
  const summed = together.reduce(
    (sum: number, i: { from: number; to: number }) => sum + i.to - i.from,
    0,
  );
  expect(together_seconds).toBe(Math.floor(summed / 1000));
  expect(modality.video_seconds).toBeGreaterThan(0);
  expect(note.sections.every((s: { text: string }) => s.text === "")).toBe(true);

  // The clinician's words are theirs, and they last.
  const box = clinician.getByRole("textbox").first();
  await box.fill("Practiced the breathing exercise.");
  await clinician.keyboard.press("Control+s");
  await clinician
    .getByText(/^Saved/)
    .first()
    .waitFor();
  await clinician.reload();
  await expect
    .poll(() => clinician.getByRole("textbox").first().inputValue())
    .toBe("Practiced the breathing exercise.");
});

async function expectToTalk(
  clinician: Parameters<typeof alive>[0],
  guest: Parameters<typeof alive>[0],
): Promise<void> {
  for (const [page, who] of [
    [clinician, "the clinician"],
    [guest, "the guest"],
  ] as const) {
    await alive(page, `${who} sees moving video and hears`);
    const now = await flow(page);
    expect(now.width, `${who} sees a picture of some size`).toBeGreaterThanOrEqual(160);
    expect(now.height).toBeGreaterThanOrEqual(90);
    expect(now.videos).toBe(1);
    expect(now.sounds).toBe(1);
  }
}

async function muteAndCamera(
  clinician: import("playwright-core").Page,
  guest: import("playwright-core").Page,
): Promise<void> {
  const bar = guest.getByRole("toolbar", { name: "Call controls" });
  await bar.getByRole("button", { name: "Mic on" }).click();
  await bar.getByRole("button", { name: "Mic off" }).waitFor();
  const quiet = await settled(clinician, "audioEnergy");
  await bar.getByRole("button", { name: "Mic off" }).click();
  await flowing(clinician, "sound comes back", (now) => now.audioEnergy > quiet + 1e-4);

  await bar.getByRole("button", { name: "Video on" }).click();
  await bar.getByRole("button", { name: "Video off" }).waitFor();
  const still = await settled(clinician, "framesDecoded");
  await bar.getByRole("button", { name: "Video off" }).click();
  await flowing(clinician, "video comes back", (now) => now.framesDecoded > still + 5);
}

/** Waits until a figure has stopped growing for a second, and returns it. Silence has some energy. */
async function settled(
  page: Parameters<typeof flow>[0],
  figure: "audioEnergy" | "framesDecoded",
): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const before = (await flow(page))[figure];
    await new Promise((second) => setTimeout(second, 1000));
    const after = (await flow(page))[figure];
    if (after - before < 1e-6) return after;
  }
  throw new Error(`${figure} goes on growing`);
}
