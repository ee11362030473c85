import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "./api";
import { type Authority, makeAuthority } from "./authority";
import { binary, freePort, interrupt, run } from "./process";

/** A server as a clinic runs it: configured, over TLS, with its first administrator. */
export interface Clinic {
  origin: string;
  /** Path and fragment of the administrator's set-up link. */
  setUp: string;
  authority: Authority;
  /** Trusts the clinic's certificate authority. */
  api: Api;
  stop(): Promise<number | null>;
}

export interface ClinicOptions {
  /** Address by which browsers reach it, and the TCP port; localhost and a free port unless given. */
  at?: { host: string; port: number };
  /** Other addresses that its certificate is for. */
  also?: readonly string[];
  /** Put before the command that starts it. */
  inside?: readonly string[];
  /** Further sections of the configuration, in place of the relay's. */
  sections?: string;
}

export async function startClinic(options: ClinicOptions = {}): Promise<Clinic> {
  const folder = mkdtempSync(join(tmpdir(), "quietroom-clinic-"));
  const { host, port } = options.at ?? { host: "localhost", port: await freePort() };
  const origin = `https://${host}${port === 443 ? "" : `:${port}`}`;
  const authority = makeAuthority(folder);
  authority.certify(folder, [host, ...(options.also ?? [])]);
  writeFileSync(join(folder, "records.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
  const config = join(folder, "quietroom.toml");
  const listen = `${options.at ? "0.0.0.0" : "127.0.0.1"}:${port}`;
  writeFileSync(config, configuration(listen, origin, options.sections));

  const admin = ["admin", "create", "--config", config, "--username", "ada", "--name", "Ada Admin"];
  const said = execFileSync(binary, admin, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const setUp = said.match(/\/setup#[\w-]+/)?.[0];
  if (!setUp) throw new Error("no set-up link was printed");

  const server = run(["--config", config], options.inside);
  server.stdout?.resume();
  const api = new Api(origin, authority.certificate);
  await ready(api, () => server.exitCode);
  return {
    origin,
    setUp,
    authority,
    api,
    async stop() {
      const code = await interrupt(server);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function configuration(listen: string, origin: string, sections?: string): string {
  return `
[server]
listen = "${listen}"
public_origin = "${origin}"
[tls]
certificate_file = "tls.pem"
key_file = "tls.key"
[data]
folder = "data"
key_encryption_key_file = "records.key"
[clinic]
name = "Clinic"
time_zone = "America/Los_Angeles"
${sections ?? "[relay]\nport_base = 0"}
`;
}

/** Waits until the server says that it is ready. */
async function ready(api: Api, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (exitCode() !== null) throw new Error(`the server ended with ${exitCode()}`);
    const answer = await api.get("/readyz").catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((tick) => setTimeout(tick, 50));
  }
  throw new Error("the server is not ready");
}
