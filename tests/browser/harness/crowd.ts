import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FromCrowd, ToCrowd } from "./crowd-process";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Guests without a browser, in a process of their own. In life each has a device of its own: what
 * they compute must not hold up the browsers' way to the server, which leads through this process.
 */
export class Crowd {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static start(): Crowd {
    const folder = here("../../.cache/crowd");
    const web = here("../../../web-client");
    const vite = join(web, "node_modules/vite/bin/vite.js");
    const build = ["build", "--ssr", here("crowd-process.ts"), "--outDir", folder];
    execFileSync(process.execPath, [vite, ...build, "--config", here("crowd.vite.ts")], {
      cwd: web,
      stdio: ["ignore", "ignore", "inherit"],
    });
    // Members without a browser need a WebSocket, which Node 20 has behind a flag.
    const execArgv = ["--experimental-websocket"];
    const child = fork(join(folder, "crowd-process.js"), { execArgv, stdio: "inherit" });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    return new Crowd(child);
  }

  /** One more redeems a link and knocks; gives its device. */
  async knock(link: string, name: string): Promise<string> {
    const said = await this.ask({ do: "knock", link, name });
    if (!("device" in said)) throw new Error("that is no answer");
    return said.device;
  }

  /** Bytes of the commits that came to the `nth`, in order, and of its welcome. */
  async sizes(nth: number): Promise<{ commits: number[]; welcome: number }> {
    const said = await this.ask({ do: "sizes", nth });
    if (!("commits" in said)) throw new Error("that is no answer");
    return said;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.disconnect();
    await ended;
  }

  private async ask(message: ToCrowd): Promise<Exclude<FromCrowd, { failed: string }>> {
    const asked = new AbortController();
    const until = { signal: asked.signal };
    const answered = once(this.child, "message", until);
    const ended = once(this.child, "exit", until).then(() => [{ failed: "the crowd has ended" }]);
    this.child.send(message);
    const [said] = (await Promise.race([answered, ended])) as [FromCrowd];
    for (const over of [answered, ended]) over.catch(() => {});
    asked.abort();
    if ("failed" in said) throw new Error(said.failed);
    return said;
  }
}
