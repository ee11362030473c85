import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import type { Authority } from "./authority";
import { recordConnections, takeSmallPictures } from "./rtc";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--auto-select-desktop-capture-source=Entire screen",
  // A page that another tab hides goes on as it would on a device of its own.
  "--disable-renderer-backgrounding",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
];

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** One Chromium profile; its pages are tabs of one browser. */
export interface Chromium {
  context: BrowserContext;
  open(url: string, size?: { width: number; height: number }): Promise<Page>;
  close(): Promise<void>;
}

/**
 * `camera` is a Y4M or MJPEG file to show in place of the fake camera's pattern; `trust` is an
 * authority whose certificates it takes for good; `fps` are pictures a second of the fake camera, which
 * are `small` if so wanted.
 */
export async function startChromium(
  options: {
    ignoreCertificates?: boolean;
    camera?: string;
    trust?: Authority;
    fps?: number;
    small?: boolean;
  } = {},
): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "quietroom-chromium-"));
  options.trust?.trustByChromium(profile);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
    headless: true,
    args: [
      ...flags,
      `--use-fake-device-for-media-stream${options.fps ? `=fps=${options.fps}` : ""}`,
      ...(options.camera ? [`--use-file-for-fake-video-capture=${options.camera}`] : []),
    ],
    // Its NSS store is in the home folder.
    ...(options.trust && { env: { ...process.env, HOME: profile } }),
    viewport: desktop,
    locale: "en-US",
    ignoreHTTPSErrors: options.ignoreCertificates ?? false,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(15_000);
  await context.addInitScript(recordConnections);
  if (options.small) await context.addInitScript(takeSmallPictures);
  return {
    context,
    async open(url, size = desktop) {
      const page = await context.newPage();
      await page.setViewportSize(size);
      await page.goto(url);
      return page;
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
