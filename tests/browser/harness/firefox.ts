import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import type { Authority } from "./authority";
import { recordConnections, takeSmallPictures } from "./rtc";

/** One Firefox profile. */
export interface Firefox {
  browser: Browser;
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** Firefox pairs no loopback address: the specs that use it run in a network namespace with a veth. */
export async function startFirefox(
  options: { trust?: Authority; fps?: number; small?: boolean } = {},
): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), "quietroom-firefox-"));
  options.trust?.trustByFirefox(profile);
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX_BIN ?? "/usr/bin/firefox-esr",
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      ...(options.fps && { "media.navigator.video.default_fps": options.fps }),
      "media.autoplay.default": 0,
      "media.autoplay.blocking_policy": 0,
      "datareporting.policy.dataSubmissionEnabled": false,
      "app.update.enabled": false,
      "browser.safebrowsing.downloads.enabled": false,
    },
  });
  return {
    browser,
    async open(url) {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(recordConnections);
      if (options.small) await page.evaluateOnNewDocument(takeSmallPictures);
      await page.setViewport({ width: 1280, height: 800 });
      await page.goto(url);
      return page;
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
