// Finds what cargo built: node built.mjs MESSAGES NAME prints a program and the folder of its package.
// NAME is a target; `bin:NAME` the program itself, `FOLDER:NAME` one of two tests of the same name.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";

const [messages, wanted] = process.argv.slice(2);
const [where, name] = wanted.includes(":") ? wanted.split(":") : ["", wanted];
const built = readFileSync(messages, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line))
  .filter((m) => m.reason === "compiler-artifact" && m.executable && m.target.name === name)
  .filter((m) =>
    where === "bin"
      ? m.target.kind.includes("bin") && !m.profile.test
      : m.profile.test &&
        !m.target.kind.includes("bin") &&
        dirname(m.manifest_path).endsWith(where),
  );
if (built.length !== 1) {
  console.error(`${built.length} programs are called ${wanted}`);
  process.exit(1);
}
console.log(built[0].executable, dirname(built[0].manifest_path));
