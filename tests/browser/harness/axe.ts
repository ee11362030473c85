import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules broken on the page as it stands, one a line; WCAG 2.2 AA and axe's best practices. */
export async function broken(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  // The page's content security policy forbids foreign scripts; the debugger may evaluate.
  await session.send("Runtime.evaluate", { expression: source });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.flatMap((v) =>
      v.nodes.map((n) => v.id + ": " + v.help + ": " + n.target.join(" ") + " " + (n.failureSummary ?? ""))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value as string[];
}
