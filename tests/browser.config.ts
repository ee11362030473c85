import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Browser specs start the real server and real browsers; one at a time, so that the machine serves
// one session as it would in life.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["browser/**/*.spec.ts"],
    environment: "node",
    fileParallelism: false,
    // Guests without a browser need a WebSocket, which Node 20 has behind a flag.
    execArgv: ["--experimental-websocket"],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    bail: 0,
  },
});
