import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort, interrupt, run } from "./process";

/** A running demo server with a data folder of its own. */
export interface Demo {
  origin: string;
  /** Addresses as they were printed. */
  signIn: string;
  joins: string[];
  /** Holds the data folder `demo` and the log. */
  folder: string;
  /** Of the server's process. */
  pid: number;
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
  const child = run(
    ["--data", join(folder, "demo"), "--port", String(port)],
    [],
    join(folder, "log"),
  );
  const links = await readLinks(child);
  const origin = `http://localhost:${port}`;
  return {
    origin,
    folder,
    pid: child.pid ?? 0,
    ...links,
    async counter(name) {
      const text = await (await fetch(`${origin}/metrics`)).text();
      const line = text.split("\n").find((l) => l.startsWith(`${name} `));
      if (!line) throw new Error(`no metric ${name} in:\n${text}`);
      return Number(line.split(" ")[1]);
    },
    async stop({ keep = false } = {}) {
      const code = await interrupt(child);
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
