import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** The program under test. */
export const binary =
  process.env.QUIETROOM_BIN ??
  fileURLToPath(new URL("../../../target/release/quietroom", import.meta.url));

/**
 * Starts the program; its log is shown when QUIETROOM_SHOW_LOG is set, and otherwise goes to the file
 * `log`, if one is given.
 */
export function run(args: string[], inside: readonly string[] = [], log?: string): ChildProcess {
  const [command = binary, ...rest] = [...inside, binary, ...args];
  const file = log !== undefined && !process.env.QUIETROOM_SHOW_LOG ? openSync(log, "a") : null;
  const shown = process.env.QUIETROOM_SHOW_LOG ? "inherit" : "ignore";
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", file ?? shown] });
  if (file !== null) closeSync(file);
  return child;
}

/** Stops a program as Ctrl-C does and returns its exit code. */
export async function interrupt(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  const [code] = await ended;
  return code;
}

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
