import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "./harness/chromium";
import { type Demo, startDemo } from "./harness/demo";
import { startFirefox } from "./harness/firefox";
import { binary } from "./harness/process";

// What the build says of itself: the list of hashes, and what a browser does with them.

const webClient = fileURLToPath(new URL("../../web-client", import.meta.url));

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

/** A line of the list. */
interface Listed {
  path: string;
  sha256: string;
  sha384: string;
}

function parse(list: string): Listed[] {
  return list
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [sha256 = "", path = "", sha384 = ""] = line.split("  ");
      return { path, sha256, sha384 };
    });
}

async function served(path: string): Promise<Buffer> {
  const answer = await fetch(`${demo.origin}/${path}`);
  expect(answer.status, path).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

test("the server serves what its program lists", async () => {
  const list = execFileSync(binary, ["client-hashes"], { encoding: "utf8" });
  expect((await served("hashes.txt")).toString()).toBe(list);
  for (const { path, sha256, sha384 } of parse(list)) {
    // The page of a demo says that it is one.
    let bytes = await served(path === "index.html" ? "" : path);
    if (path === "index.html") {
      bytes = Buffer.from(bytes.toString().replace("<html data-demo", "<html"));
    }
    expect(createHash("sha256").update(bytes).digest("hex"), path).toBe(sha256);
    expect(`sha384-${createHash("sha384").update(bytes).digest("base64")}`, path).toBe(sha384);
  }
});

test("the same sources make the same files, whoever builds them", () => {
  const folder = mkdtempSync(join(tmpdir(), "quietroom-build-"));
  try {
    execFileSync("npm", ["--prefix", webClient, "run", "build"], {
      env: { ...process.env, WEB_OUT: join(folder, "some", "where") },
      stdio: "ignore",
    });
    const list = readFileSync(join(folder, "some", "where", "hashes.txt"), "utf8");
    expect(list).toBe(execFileSync(binary, ["client-hashes"], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the page runs as it was built, within the policy", async () => {
  const { page, complaints } = await openSignIn();
  await page.getByRole("heading", { level: 1 }).waitFor();
  // Nobody is signed in: the page asked, and the browser mentions the answer.
  expect(complaints.filter((said) => !said.includes("401"))).toEqual([]);
  expect(await page.evaluate(tryStrings)).toEqual(REFUSED);
});

test("Firefox keeps to the policy too", async () => {
  const firefox = await startFirefox();
  try {
    const page = await firefox.open(`${demo.origin}/sign-in`);
    await page.waitForSelector("h1");
    expect(await page.evaluate(tryStrings)).toEqual(REFUSED);
  } finally {
    await firefox.close();
  }
});

const REFUSED = {
  markup: "TypeError",
  "a worker of ours": "made",
  "a worker from elsewhere": "TypeError",
  "a worker from memory": "TypeError",
};

/** Runs in the page: what comes of strings where a page would take them for markup or scripts. */
function tryStrings(): Record<string, string> {
  const own = document.querySelector<HTMLScriptElement>("script[src]")?.src ?? "";
  const worker = (url: string) => new Worker(url, { type: "module" }).terminate();
  const tries: Record<string, () => void> = {
    markup: () => {
      document.body.innerHTML = "<b>markup</b>";
    },
    "a worker of ours": () => worker(own),
    "a worker from elsewhere": () => worker("/api/v1/me"),
    "a worker from memory": () => worker(URL.createObjectURL(new Blob(["1"]))),
  };
  return Object.fromEntries(
    Object.entries(tries).map(([what, attempt]) => {
      try {
        attempt();
        return [what, "made"];
      } catch (error) {
        return [what, (error as Error).name];
      }
    }),
  );
}

test.for(["the first script", "a module that it imports", "a page loaded later", "the stylesheet"])(
  "%s is not used when a byte of it has changed",
  async (which) => {
    const { page, complaints } = await openSignIn(await fileOf(which));
    await expect.poll(() => complaints.join("\n")).toMatch(/integrity|digest/i);
    if (which === "the stylesheet") {
      const styled = await page.evaluate(() => document.styleSheets.length);
      expect(styled).toBe(0);
      return;
    }
    expect(await page.getByLabel("User name").count(), "nothing was shown").toBe(0);
  },
);

/** The file's path, as the page names it. */
async function fileOf(which: string): Promise<string> {
  const page = (await served("sign-in")).toString();
  const wanted = {
    "the first script": /<script type="module"[^>]* src="([^"]+)"/,
    "a module that it imports": /<link rel="modulepreload"[^>]* href="([^"]+)"/,
    "a page loaded later": /"(\/assets\/SignInPage[^"]+)"/,
    "the stylesheet": /<link rel="stylesheet"[^>]* href="([^"]+)"/,
  }[which];
  const path = wanted && page.match(wanted)?.[1];
  if (!path) throw new Error(`the page does not name ${which}`);
  return path;
}

/** Opens the sign-in page; a byte is added to the file at `changed`. */
async function openSignIn(changed?: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await chromium.open("about:blank");
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  if (changed) {
    await page.route(`**${changed}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()} ` });
    });
  }
  await page.goto(`${demo.origin}/sign-in`);
  return { page, complaints };
}
