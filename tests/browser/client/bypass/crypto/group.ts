import type { Bytes } from "../../../../../web-client/src/crypto/bytes";
import { Group } from "../../../../../web-client/src/crypto/group";

export * from "../../../../../web-client/src/crypto/group";

/** A message in plain: its length for the author's name, the name, the message. */
Group.prototype.seal = async function (this: Group, message: Bytes) {
  const author = new TextEncoder().encode(this.self.device);
  return { next: this, sealed: Uint8Array.of(author.length, ...author, ...message) };
};

Group.prototype.open = async function (this: Group, sealed: Bytes) {
  const end = 1 + (sealed[0] ?? 0);
  const from = new TextDecoder().decode(sealed.subarray(1, end));
  return { next: this, from, message: sealed.slice(end) };
};
