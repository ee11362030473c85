import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { broken } from "./axe";
import { desktop, phone } from "./chromium";

const pictures = process.env.QUIETROOM_PICTURES ?? ".cache/pictures";

/**
 * Examines a screen as it stands: one `h1`, nothing broken for axe, everything reachable by the Tab
 * key, nothing wider than the window; and takes its picture, wide and narrow, light and dark.
 */
export async function examine(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? desktop;
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const window of [desktop, phone]) {
      await page.setViewportSize(window);
      await settle(page);
      const where = `${name}, ${window.width} wide, ${theme}`;
      expect(await broken(page), `axe on ${where}`).toEqual([]);
      expect(await overflow(page), `sideways scrolling on ${where}`).toBeLessThanOrEqual(0);
      await picture(page, `${name}-${window.width}${theme === "dark" ? "-dark" : ""}`);
      if (theme === "light") expect(await unreachable(page), `keys on ${where}`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(size);
  expect(await page.locator("h1:visible").count(), `h1 of ${name}`).toBe(1);
  expect(await page.title(), `title of ${name}`).toMatch(/Quietroom$/);
}

/**
 * Two frames, so that the layout has followed the window and a change of theme has begun its
 * transitions; then the end of every animation that has one.
 */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const finite = document
      .getAnimations()
      .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(finite.map((animation) => animation.finished));
  });
}

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/**
 * Controls that the Tab key does not reach. A group of radio buttons counts as one, and what a modal
 * dialog makes inert need not be reached.
 */
async function unreachable(page: Page): Promise<string[]> {
  const wanted = await page.evaluate(() => {
    const modal = document.querySelector("dialog[open]") ?? document;
    const controls = modal.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, [tabindex="0"]',
    );
    const groups = new Set<string>();
    let count = 0;
    for (const control of controls) {
      if (control.matches(":disabled, [tabindex='-1']") || control.closest("[inert]")) continue;
      if (!control.checkVisibility({ opacityProperty: false, visibilityProperty: true })) continue;
      if (control instanceof HTMLInputElement && control.type === "radio") {
        if (groups.has(control.name)) continue;
        groups.add(control.name);
      }
      control.dataset.wanted = String(count);
      count += 1;
    }
    (document.activeElement as HTMLElement | null)?.blur();
    return count;
  });
  try {
    return await unreachedOf(page, wanted);
  } finally {
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      scrollTo(0, 0);
    });
  }
}

async function unreachedOf(page: Page, wanted: number): Promise<string[]> {
  for (let presses = 0; presses < wanted * 2 + 10; presses += 1) {
    await page.keyboard.press("Tab");
    const left = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement | null;
      if (at instanceof HTMLInputElement && at.type === "radio") {
        for (const radio of document.querySelectorAll<HTMLElement>(`input[name="${at.name}"]`)) {
          delete radio.dataset.wanted;
        }
      }
      if (at) delete at.dataset.wanted;
      return document.querySelectorAll("[data-wanted]").length;
    });
    if (left === 0) return [];
  }
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[data-wanted]")].map((control) => {
      delete control.dataset.wanted;
      return control.outerHTML.slice(0, 160);
    }),
  );
}
