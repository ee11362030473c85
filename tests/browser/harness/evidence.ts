import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a session leaves in the machine that serves it: packets, memory, files. */
export interface Evidence {
  folder: string;
  /** Writes the memory of a process and of all it has started, as it stands, into the folder. */
  image(pid: number, name: string): void;
  /** Ends the capture; returns how many packets it has and how many the kernel could not give it. */
  stopCapture(): Promise<{ packets: number; dropped: number }>;
  remove(): void;
}

/**
 * Captures every packet of this network namespace from now on, whole. Needs the rights to capture and
 * to read the memory of other processes.
 */
export async function gatherEvidence(): Promise<Evidence> {
  const folder = mkdtempSync(join(tmpdir(), "quietroom-evidence-"));
  const capture = spawn(
    "tcpdump",
    ["-i", "any", "-s", "0", "-B", "65536", "-Z", "root", "-w", join(folder, "packets.pcap")],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const said = await begun(capture);
  return {
    folder,
    image(pid, name) {
      // A server that stood still takes its relay for dead and starts another: the relay comes first.
      for (const process of family(pid).reverse()) {
        // With the mappings that a process asks to be left out of dumps.
        const out = join(folder, name);
        execFileSync("gcore", ["-a", "-o", out, String(process)], { stdio: "pipe" });
      }
    },
    async stopCapture() {
      const ended = once(capture, "exit");
      capture.kill("SIGINT");
      await ended;
      const count = (what: RegExp) => Number(said.join("\n").match(what)?.[1] ?? Number.NaN);
      return {
        packets: count(/(\d+) packets? captured/),
        dropped: count(/(\d+) packets? dropped by kernel/),
      };
    },
    remove() {
      capture.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process and all that descend from it. */
export function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
      .split(" ")
      .filter((child) => child !== "")
      .map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** Waits until it listens; returns the lines that it says, which become more. */
async function begun(capture: ChildProcess): Promise<string[]> {
  const said: string[] = [];
  if (!capture.stderr) throw new Error("no standard error");
  const lines = createInterface({ input: capture.stderr });
  lines.on("line", (line) => said.push(line));
  for (let tries = 0; tries < 200; tries += 1) {
    if (said.some((line) => line.includes("listening on"))) return said;
    if (capture.exitCode !== null) break;
    await new Promise((tick) => setTimeout(tick, 50));
  }
  throw new Error(`tcpdump does not capture: ${said.join(" ")}`);
}
