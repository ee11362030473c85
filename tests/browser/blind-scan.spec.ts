import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { buildClient } from "./client/build";
import type { Variant } from "./client/stand-ins";
import { type Evidence, gatherEvidence } from "./harness/evidence";
import { formsOf, type Needle, Scan } from "./harness/scan";
import { Meeting, steady, together } from "./steps/meeting";
import { recorded, sendText, texts } from "./steps/secure";

// What is said in a session is nowhere in the server: not in its memory or its relay's, its files, its
// log, or the packets. In a build that seals nothing it is found, so this can fail.

let evidence: Evidence | undefined;
let meeting: Meeting | undefined;

afterEach(async () => {
  await meeting?.stop();
  evidence?.remove();
  meeting = undefined;
  evidence = undefined;
});

test("the search finds a text in all its forms, wherever it stands in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quietroom-scan-"));
  try {
    const canary = `a canary sings ${randomBytes(8).toString("hex")}`;
    const forms = formsOf(canary);
    const part = 4 << 20;
    const file = Buffer.alloc(part * (forms.length + 1));
    for (const [n, { bytes }] of forms.entries()) {
      // Over the end of what is read at once.
      bytes.copy(file, part * (n + 1) - (n + 1));
    }
    writeFileSync(join(folder, "memory"), file);
    const longer = (before: number) => Buffer.from(`${"x".repeat(before)}${canary}, it is`);
    const sent = [0, 1, 2].map((before) => longer(before).toString("base64"));
    writeFileSync(join(folder, "sent"), sent.join("\n"));
    const scan = new Scan(forms);
    await scan.path(folder, "here");
    for (const { what } of forms) expect(scan.found.get(what), what).toContain("here/memory");
    for (const shift of [0, 1, 2]) {
      expect(scan.found.get(`canary as base64 at ${shift}`)).toContain("here/sent");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the server holds nothing of what is said and shown", async () => {
  const { scan, slices } = await session("recording", 20_000);
  expect(slices, "frames were recorded").toBeGreaterThan(1_000);
  expect(scan.bytes, "there was something to search").toBeGreaterThan(50_000_000);
  expect([...scan.found]).toEqual([]);
});

test("without sealing, the same search finds text and frames", async () => {
  const { scan, slices } = await session("bypass", 8_000);
  expect(slices).toBeGreaterThan(500);
  const found = [...scan.found];
  const frames = found.filter(([what]) => what.startsWith("frame"));
  expect(frames.length, "slices of frames").toBeGreaterThan(100);
  const canary = found.filter(([what]) => what.startsWith("canary"));
  const where = canary.flatMap(([, places]) => places);
  expect(where.some((place) => place.includes("packets"))).toBe(true);
  expect(where.some((place) => place.includes("memory"))).toBe(true);
});

/** A whole session in two Chromium, and the search in all that it leaves. */
async function session(
  variant: Variant,
  milliseconds: number,
): Promise<{ scan: Scan; slices: number }> {
  const client = buildClient(variant);
  evidence = await gatherEvidence();
  meeting = await Meeting.open(client, "Chromium", ["Jordan"]);
  const { demo, host } = meeting;
  const jordan = await meeting.arrive("Jordan", "Chromium");
  await host.letIn("Jordan");
  const both = [host, jordan];
  await together(both);

  const canary = `a canary sings ${randomBytes(8).toString("hex")} in the mine`;
  await sendText(host.page, canary);
  await sendText(jordan.page, `${canary}, too`);
  for (const { page } of both) {
    await expect.poll(() => texts(page)).toEqual([canary, `${canary}, too`]);
  }
  if (variant === "recording") await steady(both, milliseconds);
  else await new Promise((while_) => setTimeout(while_, milliseconds));
  evidence.image(demo.pid, "memory");

  const slices = new Set<string>();
  for (const { page } of both) for (const slice of await recorded(page)) slices.add(slice);
  const { packets, dropped } = await evidence.stopCapture();
  expect(packets, "packets of media and signaling").toBeGreaterThan(milliseconds / 10);
  expect(dropped / packets, "packets that were not captured").toBeLessThan(0.001);

  const frames: Needle[] = [...slices].map((slice, n) => ({
    what: `frame slice ${n}`,
    bytes: Buffer.from(slice, "hex"),
  }));
  const scan = new Scan([...formsOf(canary), ...frames]);
  await scan.path(evidence.folder, "evidence");
  await scan.path(demo.folder, "server");
  return { scan, slices: slices.size };
}
