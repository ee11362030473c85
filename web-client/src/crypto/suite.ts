// The one cipher suite, MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 (RFC 9420 section 17.1), on Web Crypto.
//
// ts-mls is taken module by module: its index pulls in providers for suites that are not used here.

import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { Capabilities } from "ts-mls/capabilities.js";
import type { ClientConfig } from "ts-mls/clientConfig.js";
import type { Credential } from "ts-mls/credential.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { makeHashImpl } from "ts-mls/crypto/implementation/default/makeHashImpl.js";
import { makeKdfImpl } from "ts-mls/crypto/implementation/default/makeKdfImpl.js";
import { makeGenericHpke } from "ts-mls/crypto/implementation/hpke.js";
import type { Signature } from "ts-mls/crypto/signature.js";
import type { Lifetime } from "ts-mls/lifetime.js";
import type { SessionId } from "../protocol";
import { aesKey } from "./aead";
import { copyOf } from "./bytes";
import { deviceOf, validateCredential } from "./credential";

const NAME = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** Type of the group-context extension that holds the policy; private use (RFC 9420 section 17.3). */
export const POLICY_EXTENSION = 0xf0a1;

/** What every leaf can do, and nothing else. */
export const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [NAME],
  extensions: [POLICY_EXTENSION],
  proposals: [],
  credentials: ["basic"],
};

/** Key packages do not expire by a clock: their binding names the session, and sessions end. */
export const LIFETIME: Lifetime = { notBefore: 0n, notAfter: 0x7fff_ffff_ffff_ffffn };

/** Past epochs whose messages can still be opened. */
export const RETAINED_EPOCHS = 4;

let made: Promise<CiphersuiteImpl> | null = null;

export function suite(): Promise<CiphersuiteImpl> {
  made ??= makeSuite();
  return made;
}

/** How ts-mls judges the leaves of a session's groups, and how long a message is at least. */
export function clientConfig(session: SessionId, padUntilLength = 256): ClientConfig {
  return {
    keyRetentionConfig: {
      retainKeysForGenerations: 10,
      retainKeysForEpochs: RETAINED_EPOCHS,
      maximumForwardRatchetSteps: 1000,
    },
    lifetimeConfig: { maximumTotalLifetime: LIFETIME.notAfter, validateLifetimeOnReceive: false },
    // One leaf for each device: another package of the same device takes the place of the former.
    keyPackageEqualityConfig: {
      compareKeyPackages: (a, b) => sameDevice(a.leafNode.credential, b.leafNode.credential),
      compareKeyPackageToLeafNode: (a, b) => sameDevice(a.leafNode.credential, b.credential),
    },
    paddingConfig: { kind: "padUntilLength", padUntilLength },
    authService: {
      validateCredential: (credential, key) => validateCredential(session, credential, key),
    },
  };
}

function sameDevice(a: Credential, b: Credential): boolean {
  return deviceOf(a) === deviceOf(b);
}

async function makeSuite(): Promise<CiphersuiteImpl> {
  const kdf = new HkdfSha256();
  const aead = new Aes128Gcm();
  const hpke = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf, aead });
  const algorithm = {
    kem: "DHKEM-X25519-HKDF-SHA256",
    kdf: "HKDF-SHA256",
    aead: "AES128GCM",
  } as const;
  return {
    name: NAME,
    hash: makeHashImpl(crypto.subtle, "SHA-256"),
    kdf: makeKdfImpl(new HkdfSha256()),
    hpke: await makeGenericHpke(algorithm, { encrypt, decrypt }, hpke),
    signature,
    rng: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  };
}

async function encrypt(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plain: Uint8Array) {
  const aes = await aesKey(copyOf(key));
  return new Uint8Array(await crypto.subtle.encrypt(gcm(iv, aad), aes, copyOf(plain)));
}

async function decrypt(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array) {
  const aes = await aesKey(copyOf(key));
  return new Uint8Array(await crypto.subtle.decrypt(gcm(iv, aad), aes, copyOf(sealed)));
}

function gcm(iv: Uint8Array, aad: Uint8Array) {
  return { name: "AES-GCM", iv: copyOf(iv), additionalData: copyOf(aad) };
}

// Private keys are PKCS #8.
const signature: Signature = {
  async sign(privateKey, message) {
    const pkcs8 = copyOf(privateKey);
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("Ed25519", key, copyOf(message)));
  },
  async verify(publicKey, message, signed) {
    const raw = copyOf(publicKey);
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, copyOf(signed), copyOf(message));
  },
  async keygen() {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new TypeError("Ed25519 yields a pair");
    return {
      signKey: new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)),
      publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    };
  },
};
