// Compares what a server serves with what was built here: node verify.mjs ORIGIN [FOLDER]

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [origin, folder = "dist"] = process.argv.slice(2);
if (!origin) {
  console.error("usage: npm run verify -- https://clinic.example [FOLDER]");
  process.exit(2);
}

const lines = readFileSync(join(folder, "hashes.txt"), "utf8").trimEnd().split("\n");
const differing = [];
for (const line of lines) {
  const [sha256, path] = line.split("  ");
  const answer = await fetch(new URL(path === "index.html" ? "/" : path, origin));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const same = answer.ok && createHash("sha256").update(bytes).digest("hex") === sha256;
  if (!same) differing.push(`${path}: ${answer.ok ? "differs" : `status ${answer.status}`}`);
}
for (const said of differing) console.error(said);
console.log(`${lines.length - differing.length} of ${lines.length} files are what was built here`);
process.exit(differing.length === 0 ? 0 : 1);
