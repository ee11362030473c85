import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Unit tests lie beside the client's sources and use its packages; the tools are installed here only,
// so that building Quietroom does not fetch them.
export default defineConfig({
  root: here("../web-client"),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { alias: { vitest: here("node_modules/vitest") } },
  server: { fs: { allow: [here("..")] } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "happy-dom", restoreMocks: true },
});
