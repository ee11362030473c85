// Messages inside a group, as far as they can be judged before ts-mls works on them.

import type { ClientState } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { decryptSenderData, type PrivateMessage } from "ts-mls/privateMessage.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import type { SecretTree } from "ts-mls/secretTree.js";
import type { Welcome } from "ts-mls/welcome.js";
import { type Bytes, copyOf, equal } from "./bytes";
import { decodeSafely } from "./package";
import { CryptoRefusal } from "./refusal";

/** What is needed to open a message of one epoch. */
export interface EpochKeys {
  readonly senderDataSecret: Uint8Array;
  readonly secretTree: SecretTree;
  readonly ratchetTree: RatchetTree;
  readonly groupContext: ClientState["groupContext"];
}

export function encodePrivateMessage(privateMessage: PrivateMessage): Bytes {
  return copyOf(
    encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage }),
  );
}

/** `null` for a commit that adds nobody. */
export function encodeWelcome(welcome: Welcome | undefined): Bytes | null {
  if (welcome === undefined) return null;
  return copyOf(encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }));
}

/**
 * The private message of this kind and group. Throws `CryptoRefusal`: `external` for messages from outside, `proposal`
 * for proposals, `wrong_epoch` for another group, `unreadable` for everything else that is not one.
 */
export function privateMessageOf(
  bytes: Bytes,
  kind: "application" | "commit",
  groupId: Uint8Array,
): PrivateMessage {
  const [message, end] = decodeSafely(bytes);
  if (message.wireformat === "mls_public_message") {
    const { content } = message.publicMessage;
    if (content.sender.senderType !== "member") throw new CryptoRefusal("external");
    throw new CryptoRefusal(content.contentType === "proposal" ? "proposal" : "unreadable");
  }
  if (message.wireformat !== "mls_private_message" || end !== bytes.length) {
    throw new CryptoRefusal("unreadable");
  }
  const { privateMessage } = message;
  if (privateMessage.contentType === "proposal") throw new CryptoRefusal("proposal");
  if (privateMessage.contentType !== kind) throw new CryptoRefusal("unreadable");
  if (!equal(privateMessage.groupId, groupId)) throw new CryptoRefusal("wrong_epoch");
  return privateMessage;
}

/** The keys of this epoch or of one of the last few; `null` when they are gone or not there yet. */
export function keysOf(state: ClientState, epoch: bigint): EpochKeys | null {
  if (epoch !== state.groupContext.epoch) return state.historicalReceiverData.get(epoch) ?? null;
  const { secretTree, ratchetTree, groupContext } = state;
  return {
    senderDataSecret: state.keySchedule.senderDataSecret,
    secretTree,
    ratchetTree,
    groupContext,
  };
}

/**
 * Leaf of the one who claims to have sent it; only opening it proves that. Throws `CryptoRefusal` (`replayed`) when a
 * message of this leaf and generation has been opened before.
 */
export async function senderOf(
  message: PrivateMessage,
  keys: EpochKeys,
  cs: CiphersuiteImpl,
): Promise<number> {
  const sender = await decryptSenderData(message, keys.senderDataSecret, cs);
  if (sender === undefined) throw new CryptoRefusal("unreadable");
  const node = keys.secretTree[sender.leafIndex * 2];
  if (node === undefined) throw new CryptoRefusal("unreadable");
  const ratchet = message.contentType === "application" ? node.application : node.handshake;
  const used =
    sender.generation < ratchet.generation &&
    ratchet.unusedGenerations[sender.generation] === undefined;
  if (used) throw new CryptoRefusal("replayed");
  return sender.leafIndex;
}

/** The content of a message of this epoch, its signature verified; changes nothing. */
export async function contentOf(message: PrivateMessage, state: ClientState, cs: CiphersuiteImpl) {
  const opened = await unprotectPrivateMessage(
    state.keySchedule.senderDataSecret,
    message,
    state.secretTree,
    state.ratchetTree,
    state.groupContext,
    state.clientConfig.keyRetentionConfig,
    cs,
  );
  return opened.content.content;
}
