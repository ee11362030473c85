import { describe, expect, it } from "vitest";
import { makeKey, signHello } from "./device-key";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

describe("the device's key", () => {
  it("cannot be taken out, and its public half is an uncompressed point", async () => {
    const { pair, publicKey } = await makeKey();
    expect(pair.privateKey.extractable).toBe(false);
    expect(publicKey).not.toMatch(/[+/=]/);
    expect(bytes(publicKey)).toHaveLength(65);
    expect(bytes(publicKey)[0]).toBe(4);
  });

  it("signs the nonce together with the device", async () => {
    const { pair, publicKey } = await makeKey();
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const verifier = await crypto.subtle.importKey("raw", bytes(publicKey), curve, true, [
      "verify",
    ]);
    const signature = bytes(await signHello(pair.privateKey, "nonce", "device"));
    expect(signature).toHaveLength(64);
    const verifies = (text: string): Promise<boolean> =>
      crypto.subtle.verify(
        { name: "ECDSA", hash: "SHA-256" },
        verifier,
        signature,
        new TextEncoder().encode(text),
      );
    expect(await verifies("quietroom-hello-v1.nonce.device")).toBe(true);
    expect(await verifies("quietroom-hello-v1.nonce.other")).toBe(false);
  });
});
