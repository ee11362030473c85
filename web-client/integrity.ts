// What the build says of itself, so that a page runs only what was built and anyone can compare.
//
// - `index.html` names the SHA-384 of its scripts and its stylesheet, and in an import map that of every
//   script module, so that a page that is loaded later is checked as well. The import map is the one thing
//   inside the page; the content security policy allows it by its own hash and nothing else.
// - `hashes.txt` lists every file. Same sources, same list.
//
// No browser checks the script of a worker against a hash. It is listed, and its name, which holds a hash
// of its content, stands in a module that is checked; whether the server kept to it shows only by
// comparing, as README.md says.

import type { Plugin } from "vite";

/** Lists every other file of the build: SHA-256 in hexadecimal, path, SHA-384 as `integrity` writes it. */
export const HASHES = "hashes.txt";

const PAGE = "index.html";

export function integrity(): Plugin {
  return {
    name: "quietroom:integrity",
    apply: "build",
    enforce: "post",
    generateBundle: {
      // After everything that still changes files, and after Vite has written the page.
      order: "post",
      async handler(_, bundle) {
        const files = new Map<string, Hashes>();
        const modules = new Map<string, string>();
        for (const [path, built] of Object.entries(bundle)) {
          const file = await fileOf(built.type === "chunk" ? built.code : built.source);
          files.set(path, file);
          if (built.type === "chunk") modules.set(`/${path}`, file.sha384);
        }
        const page = bundle[PAGE];
        if (page?.type !== "asset") this.error(`the build has no ${PAGE}`);
        page.source = mark(text(page.source), files, modules);
        files.set(PAGE, await fileOf(page.source));
        this.emitFile({ type: "asset", fileName: HASHES, source: list(files) });
      },
    },
  };
}

/** Hashes of a file: in hexadecimal, and as `integrity` writes it. */
interface Hashes {
  sha256: string;
  sha384: string;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Elements that load what a browser checks: scripts, modules ahead of their import, the stylesheet. */
const LOADS =
  /<script\b[^>]*\ssrc="\/([^"]+)"|<link\b[^>]*\srel="(?:modulepreload|stylesheet)"[^>]*\shref="\/([^"]+)"/g;

/** The page with an import map before its first script and `integrity` on all that it loads. */
function mark(
  html: string,
  files: ReadonlyMap<string, Hashes>,
  modules: ReadonlyMap<string, string>,
): string {
  const marked = html.replace(LOADS, (element, script: string, link: string) => {
    const file = files.get(script ?? link);
    if (!file) throw new Error(`${PAGE} loads ${script ?? link}, which was not built`);
    return `${element} integrity="${file.sha384}"`;
  });
  const map = JSON.stringify({ integrity: Object.fromEntries(sorted(modules)) });
  return marked.replace("<script ", `<script type="importmap">${map}</script>\n    <script `);
}

function list(files: ReadonlyMap<string, Hashes>): string {
  const lines = sorted(files).map(
    ([path, { sha256, sha384 }]) => `${sha256}  ${path}  ${sha384}\n`,
  );
  return lines.join("");
}

/** By path, in the order of code units: the same wherever it is built. */
function sorted<T>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function fileOf(source: string | Uint8Array): Promise<Hashes> {
  const bytes = bytesOf(source);
  return { sha256: await sha256(bytes), sha384: await sha384(bytes) };
}

async function sha256(bytes: Bytes): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha384(bytes: Bytes): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  return `sha384-${btoa(String.fromCharCode(...hash))}`;
}

function bytesOf(source: string | Uint8Array): Bytes {
  return typeof source === "string" ? new TextEncoder().encode(source) : new Uint8Array(source);
}

function text(source: string | Uint8Array): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}
