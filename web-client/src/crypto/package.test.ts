// @vitest-environment node
import type { Capabilities } from "ts-mls/capabilities.js";
import {
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
  signKeyPackage,
} from "ts-mls/keyPackage.js";
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { expect, test } from "vitest";
import { type Bytes, copyOf } from "./bytes";
import { credentialOf } from "./credential";
import { makePackage, readPackage } from "./package";
import { CAPABILITIES, LIFETIME, suite } from "./suite";
import { identity, opened, packageOf, refusal, SESSION } from "./testing/people";

test("says whose it is, and whose staff identity signed for it", async () => {
  const staff = await identity();
  const guest = await packageOf("ana");
  const host = await packageOf("host", staff);
  expect(await opened(guest)).toEqual({
    ref: guest.ref,
    device: "ana",
    participant: "participant-of-ana",
    name: "ana",
    staff: null,
    bytes: guest.publicBytes,
  });
  expect((await opened(host)).staff).toEqual(staff.publicKey);
  expect(guest.ref).toHaveLength(32);
  expect(host.publicBytes.length).toBeLessThanOrEqual(8 * 1024);
});

test("counts as staff's in its own session only", async () => {
  const host = await packageOf("host", await identity());
  expect(await refusal(readPackage(host.publicBytes, "another"))).toBe("stranger");
});

test("is not made for a device without a name or with too long words", async () => {
  const who = { session: SESSION, device: "d", participant: "p", name: "n", identity: null };
  for (const wrong of [
    { device: "" },
    { participant: "x".repeat(65) },
    { name: "x".repeat(201) },
  ]) {
    expect(await refusal(makePackage({ ...who, ...wrong }))).toBe("stranger");
  }
});

test("refuses what is no key package", async () => {
  const { publicBytes } = await packageOf("ana");
  for (const bytes of [
    new Uint8Array(),
    new Uint8Array(100).fill(255),
    publicBytes.slice(0, -1),
    Uint8Array.of(...publicBytes, 0),
  ]) {
    expect(await refusal(readPackage(bytes, SESSION))).toBe("unreadable");
  }
});

test("refuses a leaf that cannot do what the group needs: nobody could join after it", async () => {
  for (const lacking of ["extensions", "credentials", "versions", "ciphersuites"] as const) {
    const bytes = await oddPackage({ ...CAPABILITIES, [lacking]: [] });
    expect(await refusal(readPackage(bytes, SESSION))).toBe("unreadable");
  }
  expect((await readPackage(await oddPackage(CAPABILITIES), SESSION)).device).toBe("odd");
});

test("refuses keys that nothing can be encrypted to: its leaf could not be removed any more", async () => {
  const none = new Uint8Array(32);
  const short = new Uint8Array(5).fill(7);
  for (const key of [none, short]) {
    const initKey = await oddPackage(CAPABILITIES, (made) => ({ ...made, initKey: key }));
    expect(await refusal(readPackage(initKey, SESSION))).toBe("unreadable");
    const leafKey = await oddPackage(CAPABILITIES, (made) => ({
      ...made,
      leafNode: { ...made.leafNode, hpkePublicKey: key },
    }));
    expect(await refusal(readPackage(leafKey, SESSION))).toBe("unreadable");
  }
});

/** A package with other capabilities or keys, properly signed. */
async function oddPackage(
  capabilities: Capabilities,
  change: (made: KeyPackage) => KeyPackage = (made) => made,
): Promise<Bytes> {
  const cs = await suite();
  const keys = await cs.signature.keygen();
  const said = { device: "odd", participant: "participant", name: "Odd", staff: null };
  const made: { publicPackage: KeyPackage; privatePackage: PrivateKeyPackage } =
    await generateKeyPackageWithKey(credentialOf(said), capabilities, LIFETIME, [], keys, cs);
  const changed = change(made.publicPackage);
  const leafNode = await signLeafNodeKeyPackage(changed.leafNode, keys.signKey, cs.signature);
  const keyPackage = await signKeyPackage({ ...changed, leafNode }, keys.signKey, cs.signature);
  return copyOf(encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }));
}
