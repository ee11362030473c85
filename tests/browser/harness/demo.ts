import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary =
  process.env.QUIETROOM_BIN ??
  fileURLToPath(new URL("../../../target/release/quietroom", import.meta.url));

/** A running demo server with a data folder of its own. */
export interface Demo {
  origin: string;
  /** Addresses as they were printed. */
  signIn: string;
  joins: string[];
  folder: string;
  /** A counter of the relay, by its metric's name. */
  counter(name: string): Promise<number>;
  /** Stops as Ctrl-C does and returns the exit code; the folder is removed unless it is kept. */
  stop(options?: { keep?: boolean }): Promise<number | null>;
}

/** Starts the server and waits until it has printed its links. */
export async function startDemo(
  folder = mkdtempSync(join(tmpdir(), "quietroom-spec-")),
): Promise<Demo> {
  const port = await freePort();
  const child = spawn(binary, ["--data", join(folder, "demo"), "--port", String(port)], {
    stdio: ["ignore", "pipe", process.env.QUIETROOM_SHOW_LOG ? "inherit" : "ignore"],
  });
  const links = await readLinks(child);
  const origin = `http://localhost:${port}`;
  return {
    origin,
    folder,
    ...links,
    async counter(name) {
      const text = await (await fetch(`${origin}/metrics`)).text();
      const line = text.split("\n").find((l) => l.startsWith(`${name} `));
      if (!line) throw new Error(`no metric ${name} in:\n${text}`);
      return Number(line.split(" ")[1]);
    },
    async stop({ keep = false } = {}) {
      const ended = once(child, "exit");
      child.kill("SIGINT");
      const [code] = await ended;
      if (!keep) rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

async function readLinks(child: ChildProcess): Promise<{ signIn: string; joins: string[] }> {
  if (!child.stdout) throw new Error("no standard output");
  const joins: string[] = [];
  let signIn = "";
  for await (const line of createInterface({ input: child.stdout })) {
    const link = line.match(/http:\/\/\S+\/(sign-in|join)#[\w-]+/);
    if (link?.[1] === "sign-in") signIn = link[0];
    if (link?.[1] === "join") joins.push(link[0]);
    if (signIn && line.includes("Ctrl-C")) {
      child.stdout.resume();
      return { signIn, joins };
    }
  }
  throw new Error("the server ended before it was ready");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
