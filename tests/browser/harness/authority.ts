import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** A certificate authority of its own, in a folder. */
export interface Authority {
  /** PEM. */
  certificate: string;
  /** Writes `tls.pem` and `tls.key` into `folder`, for these names and addresses. */
  certify(folder: string, names: readonly string[]): void;
  /** Makes Chromium, with `home` for its home folder, trust it: by the NSS store of the user. */
  trustByChromium(home: string): void;
  /** Makes Firefox with this profile trust it. */
  trustByFirefox(profile: string): void;
}

export function makeAuthority(folder: string): Authority {
  const ca = { certificate: join(folder, "ca.pem"), key: join(folder, "ca.key") };
  openssl(
    "req",
    "-x509",
    ...CURVE,
    "-subj",
    "/CN=Quietroom test authority",
    "-keyout",
    ca.key,
    "-out",
    ca.certificate,
  );
  return {
    certificate: readFileSync(ca.certificate, "utf8"),
    certify(into, names) {
      const request = join(into, "tls.csr");
      const extensions = join(into, "tls.ext");
      const named = names.map((name) => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
      writeFileSync(extensions, `subjectAltName=${named.join(",")}\nextendedKeyUsage=serverAuth\n`);
      openssl(
        "req",
        "-new",
        ...CURVE,
        "-subj",
        "/CN=quietroom",
        "-keyout",
        join(into, "tls.key"),
        "-out",
        request,
      );
      const by = ["-CA", ca.certificate, "-CAkey", ca.key, "-CAcreateserial", "-days", "2"];
      openssl(
        "x509",
        "-req",
        "-in",
        request,
        ...by,
        "-extfile",
        extensions,
        "-out",
        join(into, "tls.pem"),
      );
    },
    trustByChromium(home) {
      trust(join(home, ".pki", "nssdb"), ca.certificate);
    },
    trustByFirefox(profile) {
      trust(profile, ca.certificate);
    },
  };
}

/** An NSS database (cert9.db) in `folder` with the authority in it. */
function trust(folder: string, certificate: string): void {
  mkdirSync(folder, { recursive: true });
  const store = ["-d", `sql:${folder}`];
  execFileSync("certutil", ["-N", ...store, "--empty-password"]);
  execFileSync("certutil", [
    "-A",
    ...store,
    "-n",
    "quietroom-test",
    "-t",
    "C,,",
    "-i",
    certificate,
  ]);
}

function openssl(...command: string[]): void {
  execFileSync("openssl", command, { stdio: "ignore" });
}
