import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, freePort, interrupt, run } from "./process";

/** A server as a clinic runs it: configured, over TLS, with its first administrator. */
export interface Clinic {
  origin: string;
  /** Path and fragment of the administrator's set-up link. */
  setUp: string;
  stop(): Promise<number | null>;
}

export async function startClinic(): Promise<Clinic> {
  const folder = mkdtempSync(join(tmpdir(), "quietroom-clinic-"));
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  makeCertificate(folder);
  writeFileSync(join(folder, "records.key"), randomBytes(32).toString("hex"), { mode: 0o600 });
  const config = join(folder, "quietroom.toml");
  writeFileSync(config, configuration(port, origin));

  const admin = ["admin", "create", "--config", config, "--username", "ada", "--name", "Ada Admin"];
  const said = execFileSync(binary, admin, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const setUp = said.match(/\/setup#[\w-]+/)?.[0];
  if (!setUp) throw new Error("no set-up link was printed");

  const server = run("--config", config);
  server.stdout?.resume();
  await ready(origin, () => server.exitCode);
  return {
    origin,
    setUp,
    async stop() {
      const code = await interrupt(server);
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function makeCertificate(folder: string): void {
  const files = ["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", ["req", ...kind, "-days", "2", ...subject, ...files], {
    stdio: "ignore",
  });
}

function configuration(port: number, origin: string): string {
  return `
[server]
listen = "127.0.0.1:${port}"
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
[relay]
port_base = 0
`;
}

/** Waits until the server says that it is ready. */
async function ready(origin: string, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (exitCode() !== null) throw new Error(`the server ended with ${exitCode()}`);
    if ((await status(`${origin}/readyz`)) === 200) return;
    await new Promise((tick) => setTimeout(tick, 50));
  }
  throw new Error("the server is not ready");
}

function status(url: string): Promise<number | undefined> {
  return new Promise((answer) => {
    const asking = request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      answer(response.statusCode);
    });
    asking.on("error", () => answer(undefined));
    asking.end();
  });
}
