import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Variant } from "./stand-ins";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds a variant and returns its folder. */
export function buildClient(variant: Variant): string {
  const folder = here(`../../.cache/client-${variant}`);
  mkdirSync(folder, { recursive: true });
  const web = here("../../../web-client");
  const vite = join(web, "node_modules/vite/bin/vite.js");
  execFileSync(process.execPath, [vite, "build", "--config", here("vite.config.ts")], {
    cwd: web,
    env: { ...process.env, WEB_OUT: folder, QUIETROOM_VARIANT: variant },
    stdio: ["ignore", "ignore", "inherit"],
  });
  mustDiffer(folder);
  return folder;
}

/** A stand-in that no import reaches any more would make every spec that relies on it mean nothing. */
function mustDiffer(folder: string): void {
  const scripts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"));
  const all = scripts.map((name) => readFileSync(join(folder, "assets", name), "utf8")).join("\n");
  for (const mark of ["test:slices", "test:held"]) {
    if (!all.includes(mark)) throw new Error(`the test build has no ${mark}`);
  }
}
