import { defineConfig } from "vite";

declare const process: { env: Record<string, string | undefined> };

// The crate's build script names a folder of its own; by hand it is `dist`.
const outDir = process.env["WEB_OUT"] ?? "dist";

// `npm run dev` proxies the interface to a server that runs beside it.
const server = process.env["QUIETROOM_SERVER"] ?? "http://localhost:8080";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: "assets",
    // Everything is a file of its own: the content security policy allows no scripts or styles inside pages.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2023",
  },
  server: {
    host: "localhost",
    proxy: { "/api": { target: server, ws: true } },
  },
});
