import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readlinkSync } from "node:fs";

/** What of UDP a firewall lets out. */
export type Firewall = "open" | "no_udp" | { noUdpTo: string };

/** Another machine: a network namespace, joined to the one of this process by a cable. */
export interface Elsewhere {
  /** Its addresses. */
  addresses: readonly [string, string];
  /** Put before a command, runs it there. */
  inside: readonly string[];
  /** Stands before this machine: what it forbids never leaves. */
  firewall(rule: Firewall): void;
  stop(): void;
}

const HERE = "10.98.0.10";
const THERE = ["10.98.0.1", "10.98.0.2"] as const;

/** Needs a network namespace without a default route, as `tests/run` makes it. */
export async function startElsewhere(): Promise<Elsewhere> {
  const holder = spawn("unshare", ["--net", "sleep", "infinity"], { stdio: "ignore" });
  const net = `/proc/${holder.pid}/ns/net`;
  await until(() => existsSync(net) && readlinkSync(net) !== readlinkSync("/proc/self/ns/net"));
  const inside = ["nsenter", `--net=${net}`];
  const here = (line: string) => ip([], line);
  const there = (line: string) => ip(inside, line);
  here(`link add turn0 type veth peer name turn1 netns ${holder.pid}`);
  here(`address add ${HERE}/24 dev turn0`);
  here("link set turn0 up");
  here(`route add default via ${THERE[0]} dev turn0`);
  there("link set lo up");
  for (const address of THERE) there(`address add ${address}/24 dev turn1`);
  there("link set turn1 up");
  there(`route add default via ${HERE} dev turn1`);
  let rules: string[] = [];
  const firewall = (rule: Firewall) => {
    for (const old of rules) here(old.replace("rule add", "rule del"));
    rules = rulesOf(rule);
    for (const added of rules) here(added);
  };
  return {
    addresses: THERE,
    inside,
    firewall,
    stop() {
      firewall("open");
      end(holder);
    },
  };
}

/** An outgoing packet that a rule prohibits is refused by the kernel itself. */
function rulesOf(rule: Firewall): string[] {
  if (rule === "open") return [];
  if (rule === "no_udp") {
    const all = "rule add pref 10 ipproto udp prohibit";
    return [all, `-6 ${all}`];
  }
  return [`rule add pref 10 ipproto udp to ${rule.noUdpTo} prohibit`];
}

function ip(before: readonly string[], line: string): void {
  const [command = "", ...rest] = [...before, "ip", ...line.split(" ")];
  execFileSync(command, rest, { stdio: ["ignore", "ignore", "inherit"] });
}

function end(child: ChildProcess): void {
  child.kill("SIGKILL");
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (holds()) return;
    await new Promise((tick) => setTimeout(tick, 10));
  }
  throw new Error("the network namespace does not come up");
}
