import { defineConfig } from "vite";
import { integrity } from "./integrity.ts";

declare const process: { argv: string[]; env: Record<string, string | undefined> };

// The crate's build script names a folder of its own; by hand it is `dist`.
const outDir = process.env["WEB_OUT"] ?? "dist";

// `npm run dev` proxies the interface to a server that runs beside it.
const server = process.env["QUIETROOM_SERVER"] ?? "http://localhost:8080";

// What is built is the same whoever builds it; `npm run dev` sets its own.
if (process.argv.includes("build")) process.env["NODE_ENV"] = "production";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [integrity()],
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: "assets",
    // Everything is a file of its own: the content security policy allows no scripts or styles inside pages.
    assetsInlineLimit: 0,
    // One stylesheet, named by the page with its hash: those that scripts would add later have none.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2023",
  },
  server: {
    host: "localhost",
    proxy: { "/api": { target: server, ws: true } },
  },
});
