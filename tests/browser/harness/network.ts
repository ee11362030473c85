import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What of UDP a firewall lets through. */
export type Firewall = "open" | "no_udp" | { noUdpTo: string };

/** Another machine with two addresses, in a network of its own behind a router with a firewall. */
export interface Elsewhere {
  addresses: typeof THERE;
  /** Put before a command, runs it there. */
  inside: readonly string[];
  /** What the firewall forbids vanishes in the router, as it does in life. */
  firewall(rule: Firewall): void;
  stop(): void;
}

/** Addresses of the machine elsewhere. */
const THERE = ["10.98.0.1", "10.98.0.2"] as const;
const ROUTER = { here: "10.98.1.1", there: "10.98.0.254" };
const HERE = "10.98.1.10";

/**
 * Joins this process's network namespace by cables to the router's, and that to the other machine's,
 * whose addresses get these names here. Network and mounts of this process must be its own, and bare,
 * as `tests/run` makes them.
 */
export async function startElsewhere(names: readonly [string, string]): Promise<Elsewhere> {
  for (const own of ["net", "mnt"]) mustBeOwn(own);
  call(names);
  const [router, machine] = await Promise.all([namespace(), namespace()]);
  const here = (line: string) => ip([], line);
  const between = (line: string) => ip(router.inside, line);
  const there = (line: string) => ip(machine.inside, line);

  here(`link add turn0 type veth peer name here0 netns ${router.pid}`);
  between(`link add there0 type veth peer name turn0 netns ${machine.pid}`);
  here(`address add ${HERE}/24 dev turn0`);
  between(`address add ${ROUTER.here}/24 dev here0`);
  between(`address add ${ROUTER.there}/24 dev there0`);
  for (const address of THERE) there(`address add ${address}/24 dev turn0`);
  for (const up of ["here0", "there0"]) between(`link set ${up} up`);
  for (const up of ["lo", "turn0"]) there(`link set ${up} up`);
  here("link set turn0 up");
  here(`route add default via ${ROUTER.here}`);
  there(`route add default via ${ROUTER.there}`);
  run(router.inside, ["sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"]);

  let rule: string | null = null;
  const firewall = (wanted: Firewall) => {
    if (rule) between(`rule del ${rule}`);
    rule = ruleOf(wanted);
    if (rule) between(`rule add ${rule}`);
  };
  return {
    addresses: THERE,
    inside: machine.inside,
    firewall,
    stop() {
      for (const { holder } of [router, machine]) holder.kill("SIGKILL");
    },
  };
}

/** Never changes the network or the names of the system itself. */
function mustBeOwn(namespace: string): void {
  let systems = "";
  try {
    systems = readlinkSync(`/proc/1/ns/${namespace}`);
  } catch {
    // Another user's: not ours.
  }
  if (readlinkSync(`/proc/self/ns/${namespace}`) === systems) {
    throw new Error("run this by ./tests/run turn, which gives it a network of its own");
  }
}

/** Only these names are known; whatever else is asked for is refused at once by this machine. */
function call(names: readonly [string, string]): void {
  // Chromium asks for a TURN server's name with the dot of the root behind it.
  const hosts = names.map((name, at) => `${THERE[at]} ${name} ${name}.`);
  cover("/etc/hosts", ["127.0.0.1 localhost", ...hosts]);
  cover("/etc/resolv.conf", ["nameserver 127.0.0.1"]);
}

/** Other lines for a file, as long as the mounts of this process last. */
function cover(file: string, lines: readonly string[]): void {
  const other = join(mkdtempSync(join(tmpdir(), "quietroom-names-")), "file");
  writeFileSync(other, `${lines.join("\n")}\n`);
  run([], ["mount", "--bind", other, file]);
}

function ruleOf(wanted: Firewall): string | null {
  if (wanted === "open") return null;
  const to = wanted === "no_udp" ? "" : ` to ${wanted.noUdpTo}`;
  return `pref 10${to} ipproto udp blackhole`;
}

interface Namespace {
  holder: ChildProcess;
  pid: number;
  inside: readonly string[];
}

/** A network namespace, kept by a process that does nothing. */
async function namespace(): Promise<Namespace> {
  const holder = spawn("unshare", ["--net", "sleep", "infinity"], { stdio: "ignore" });
  const { pid } = holder;
  if (pid === undefined) throw new Error("unshare cannot be started");
  const net = `/proc/${pid}/ns/net`;
  const ours = readlinkSync("/proc/self/ns/net");
  for (let tries = 0; tries < 200; tries += 1) {
    if (existsSync(net) && readlinkSync(net) !== ours) {
      return { holder, pid, inside: ["nsenter", `--net=${net}`] };
    }
    await new Promise((tick) => setTimeout(tick, 10));
  }
  throw new Error("the network namespace does not come up");
}

function ip(before: readonly string[], line: string): void {
  run(before, ["ip", ...line.split(" ")]);
}

function run(before: readonly string[], command: readonly string[]): void {
  const [program = "", ...rest] = [...before, ...command];
  execFileSync(program, rest, { stdio: ["ignore", "ignore", "inherit"] });
}
