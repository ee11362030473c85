// The group of everyone who may see and hear each other: MLS (RFC 9420) with a policy about who may commit.

import {
  type ClientState,
  createGroup,
  decodeGroupState,
  encodeGroupState,
} from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import { allSecretTreeValues } from "ts-mls/secretTree.js";
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js";
import type { DeviceId, GroupEpoch, ParticipantId, Scope } from "../protocol";
import {
  type Bytes,
  concat,
  copyOf,
  equal,
  field,
  Reader,
  transcript,
  uint32,
  utf8,
  wipe,
} from "./bytes";
import { takeCommit } from "./commits";
import { leafIdentityOf } from "./credential";
import { encodePrivateMessage, encodeWelcome, keysOf, privateMessageOf, senderOf } from "./framing";
import { type GroupName, groupIdOf } from "./group-name";
import type { StaffIdentity } from "./identity";
import { sha256 } from "./kdf";
import { decodePackage, type OpenedPackage, type OwnPackage, secretsOf } from "./package";
import { LONGEST_MESSAGE_BYTES, paddedLength } from "./padding";
import { isHost, mayCommit, type Policy, readPolicy, signPolicy } from "./policy";
import { CryptoRefusal, orUnreadable } from "./refusal";
import { clientConfig, suite } from "./suite";
import { leafAt, leavesOf } from "./tree";
import { type ExpectedHost, joinByWelcome } from "./welcome";

export type { GroupName } from "./group-name";
export type { ExpectedHost } from "./welcome";

/** A leaf of the group: a device of a participant. */
export interface Member {
  readonly device: DeviceId;
  readonly participant: ParticipantId;
  readonly name: string;
  readonly leaf: number;
  /** The public key of the staff identity that signed for it. */
  readonly staff: Bytes | null;
  readonly mayCommit: boolean;
}

export interface Change {
  /** Whose bindings, or staff identity, the caller has verified. */
  readonly add: readonly OpenedPackage[];
  readonly remove: readonly DeviceId[];
  /** Devices that may commit from now on; only with the host's identity. */
  readonly name?: readonly DeviceId[];
}

/** A value: every operation returns the next one, the old one stays valid until `forgetPast` of a later one. */
export class Group {
  readonly at: GroupEpoch;
  readonly self: Member;
  /** By leaf, from left to right. */
  readonly members: readonly Member[];
  /** Public key of the host's identity. */
  readonly host: Bytes;
  readonly #name: GroupName;
  readonly #state: ClientState;
  #consumed: readonly Uint8Array[];

  private constructor(name: GroupName, state: ClientState, consumed: readonly Uint8Array[]) {
    const policy = readPolicy(state.groupContext.extensions);
    this.#name = name;
    this.#state = state;
    this.#consumed = consumed;
    this.at = { scope: name.scope, group: name.group, epoch: Number(state.groupContext.epoch) };
    this.host = policy.host;
    this.members = membersOf(state, policy);
    this.self = memberAt(this.members, state.privatePath.leafIndex);
  }

  /** The id of the group in MLS: it names the session, the scope and the number. */
  get id(): Bytes {
    return groupIdOf(this.#name);
  }

  /** A new group with this device alone. Throws `CryptoRefusal` (`wrong_host`) when the package is not the identity's. */
  static async start(own: OwnPackage, identity: StaffIdentity, name: GroupName): Promise<Group> {
    const keyPackage = decodePackage(own.publicBytes);
    const policy = {
      groupId: groupIdOf(name),
      version: 0,
      host: identity.publicKey,
      committers: [],
    };
    if (!isHost(policy, leafIdentityOf(keyPackage.leafNode.credential))) {
      throw new CryptoRefusal("wrong_host");
    }
    const state = await createGroup(
      policy.groupId,
      keyPackage,
      secretsOf(own),
      [await signPolicy(identity, policy)],
      await suite(),
      clientConfig(name.session),
    );
    return new Group(name, state, []);
  }

  /** Throws `CryptoRefusal`: `wrong_host`, `bad_policy`, `not_a_committer`, `stranger`, `wrong_epoch`, `unreadable`. */
  static async join(
    welcome: Bytes,
    own: OwnPackage,
    name: GroupName,
    expect: ExpectedHost,
  ): Promise<Group> {
    const state = await joinByWelcome(welcome, own, name.session, groupIdOf(name), expect);
    return new Group(name, state, []);
  }

  /** The value that was serialized. Throws `CryptoRefusal` (`unreadable`). */
  static restore(bytes: Bytes): Promise<Group> {
    return orUnreadable(() => {
      const reader = new Reader(bytes);
      if (reader.take(1)[0] !== FORMAT[0]) throw new CryptoRefusal("unreadable");
      const name = {
        session: reader.text(),
        scope: scopeOf(reader.text()),
        group: reader.uint32(),
      };
      const decoded = decodeGroupState(reader.field(), 0);
      reader.end();
      if (decoded === undefined) throw new CryptoRefusal("unreadable");
      return new Group(name, { ...decoded[0], clientConfig: clientConfig(name.session) }, []);
    });
  }

  /** Everything, secrets too: keep it where only this origin reads. */
  async serialize(): Promise<Bytes> {
    const { session, scope, group } = this.#name;
    const state = encodeGroupState(this.#state);
    return concat(FORMAT, field(utf8(session)), field(utf8(scope)), uint32(group), field(state));
  }

  /**
   * The value after a change, and what to send for it; adopt it when the server has taken the commit. Throws
   * `CryptoRefusal`: `not_a_committer`, `bad_policy` to name without the host's identity, `stranger` for devices
   * without a leaf; `RangeError` to remove this device itself, or to name and remove at once.
   */
  async commit(
    change: Change,
    identity: StaffIdentity | null,
  ): Promise<{ next: Group; commit: Bytes; welcome: Bytes | null }> {
    if (!this.self.mayCommit) throw new CryptoRefusal("not_a_committer");
    const proposals: Proposal[] = [
      ...change.remove.map((device) => ({
        proposalType: "remove" as const,
        remove: { removed: this.#leafToRemove(device) },
      })),
      ...change.add.map(({ bytes }) => ({
        proposalType: "add" as const,
        add: { keyPackage: decodePackage(bytes) },
      })),
      ...(await this.#policyProposal(change, identity)),
    ];
    const made = await createCommit(
      { state: this.#state, cipherSuite: await suite() },
      { extraProposals: proposals, ratchetTreeExtension: change.add.length > 0 },
    );
    return {
      next: this.#step(made.newState, made.consumed),
      commit: copyOf(encodeMlsMessage(made.commit)),
      welcome: encodeWelcome(made.welcome),
    };
  }

  /** The value after another member's commit. Throws `CryptoRefusal`; `removed` when it removes this device. */
  async receiveCommit(commit: Bytes): Promise<Group> {
    const { state, consumed } = await takeCommit(this.#state, commit);
    return this.#step(state, consumed);
  }

  /**
   * Seals a message for everyone in this epoch. Keep `next` for good before `sealed` is sent: so no key is used twice.
   * Throws `RangeError` when the message is longer than `LONGEST_MESSAGE_BYTES`.
   */
  async seal(message: Bytes): Promise<{ next: Group; sealed: Bytes }> {
    if (message.length > LONGEST_MESSAGE_BYTES) throw new RangeError("the message is too long");
    const { session } = this.#name;
    const padded = clientConfig(session, paddedLength(message.length));
    const made = await createApplicationMessage(
      { ...this.#state, clientConfig: padded },
      message,
      await suite(),
    );
    const state = { ...made.newState, clientConfig: this.#state.clientConfig };
    return {
      next: this.#step(state, made.consumed),
      sealed: encodePrivateMessage(made.privateMessage),
    };
  }

  /**
   * Opens a message of this or one of the last few epochs, from somebody who is still a member. Throws `CryptoRefusal`:
   * `replayed` (own messages too), `wrong_epoch`, `removed` when its sender is no member any more, `unreadable`.
   */
  open(sealed: Bytes): Promise<{ next: Group; from: DeviceId; message: Bytes }> {
    return orUnreadable(async () => {
      const cs = await suite();
      const message = privateMessageOf(sealed, "application", this.#state.groupContext.groupId);
      const keys = keysOf(this.#state, message.epoch);
      if (keys === null) throw new CryptoRefusal("wrong_epoch");
      const from = this.#stillHere(leafAt(keys.ratchetTree, await senderOf(message, keys, cs)));
      const opened = await processPrivateMessage(
        this.#state,
        message,
        emptyPskIndex,
        cs,
        () => "reject",
      );
      if (opened.kind !== "applicationMessage") throw new CryptoRefusal("unreadable");
      return {
        next: this.#step(opened.newState, opened.consumed),
        from,
        message: copyOf(opened.message),
      };
    });
  }

  /**
   * Seals to the leaf of one member, for nobody else in the group: KEM output and ciphertext of HPKE (RFC 9420 section
   * 5.1.3). It opens in this epoch, with the same label and context. Throws `CryptoRefusal` (`stranger`).
   */
  async sealTo(device: DeviceId, label: string, context: Bytes, plain: Bytes): Promise<Bytes> {
    const { hpke } = await suite();
    const member = this.members.find((one) => one.device === device);
    const leaf = member === undefined ? null : leafAt(this.#state.ratchetTree, member.leaf);
    if (leaf === null) throw new CryptoRefusal("stranger");
    const key = await hpke.importPublicKey(leaf.hpkePublicKey);
    const { enc, ct } = await encryptWithLabel(key, label, context, plain, hpke);
    return concat(enc, ct);
  }

  /** What was sealed to this device's leaf. Throws `CryptoRefusal` (`unreadable`). */
  openOwn(sealed: Bytes, label: string, context: Bytes): Promise<Bytes> {
    return orUnreadable(async () => {
      const { hpke } = await suite();
      const { leafIndex, privateKeys } = this.#state.privatePath;
      const own = privateKeys[leafToNodeIndex(toLeafIndex(leafIndex))];
      if (own === undefined) throw new CryptoRefusal("unreadable");
      const key = await hpke.importPrivateKey(own);
      const [enc, ct] = [sealed.subarray(0, KEM_BYTES), sealed.subarray(KEM_BYTES)];
      return copyOf(await decryptWithLabel(key, label, context, enc, ct, hpke));
    });
  }

  /**
   * Erases the secrets that the steps up to this value have used up. Values before it cannot be used any more: call it
   * when this one is kept for good.
   */
  forgetPast(): void {
    wipe(...this.#consumed);
    this.#consumed = [];
  }

  /** The base key of the frames of this epoch: 16 bytes, RFC 9605 section 5.2. */
  async frameKey(): Promise<Bytes> {
    const { exporterSecret } = this.#state.keySchedule;
    const key = await mlsExporter(
      exporterSecret,
      "SFrame 1.0 Base Key",
      new Uint8Array(),
      16,
      await suite(),
    );
    return copyOf(key);
  }

  /** 20 decimal digits (66 bits): the same for all who are in the same group and epoch, and for nobody else. */
  async safetyCode(): Promise<string> {
    const { epochAuthenticator } = this.#state.keySchedule;
    const digest = await sha256(transcript("quietroom safety code 1", epochAuthenticator));
    const number = digest.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return (number % 10n ** 20n).toString().padStart(20, "0");
  }

  #step(state: ClientState, consumed: readonly Uint8Array[]): Group {
    // ts-mls lets go of epochs that are too old without naming their secrets.
    const dropped = [...this.#state.historicalReceiverData]
      .filter(([epoch]) => !state.historicalReceiverData.has(epoch))
      .flatMap(([, { secretTree }]) => allSecretTreeValues(secretTree))
      .filter((secret) => secret !== undefined);
    return new Group(this.#name, state, [...this.#consumed, ...consumed, ...dropped]);
  }

  #leafToRemove(device: DeviceId): number {
    const member = this.members.find((one) => one.device === device);
    if (member === undefined) throw new CryptoRefusal("stranger");
    if (member.leaf === this.self.leaf)
      throw new RangeError("a commit cannot remove its own device");
    return member.leaf;
  }

  #stillHere(sender: ReturnType<typeof leafAt>): DeviceId {
    if (sender === null) throw new CryptoRefusal("unreadable");
    if (leafOf(this.#state, sender.signaturePublicKey) === null) throw new CryptoRefusal("removed");
    return leafIdentityOf(sender.credential).device;
  }

  // The next policy, when committers are named; it forgets those who have left.
  async #policyProposal(change: Change, identity: StaffIdentity | null): Promise<Proposal[]> {
    const policy = readPolicy(this.#state.groupContext.extensions);
    const named = change.name ?? [];
    const isOfHost = identity !== null && equal(identity.publicKey, policy.host);
    const signsAsHost = isOfHost && this.self.staff !== null && equal(this.self.staff, policy.host);
    if (!signsAsHost) {
      if (named.length > 0) throw new CryptoRefusal("bad_policy");
      return [];
    }
    const joining = named
      .map((device) => this.#keyOf(device, change.add))
      .filter((key) => !policy.committers.some((known) => equal(known, key)));
    if (joining.length === 0) return [];
    // ts-mls encrypts the path of a removal for the former extensions, which nobody could open.
    if (change.remove.length > 0) throw new RangeError("naming and removing take two commits");
    const staying = policy.committers.filter((key) => leafOf(this.#state, key) !== null);
    const next = { ...policy, version: policy.version + 1, committers: [...staying, ...joining] };
    const extensions = [await signPolicy(identity, next)];
    return [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions } }];
  }

  #keyOf(device: DeviceId, added: readonly OpenedPackage[]): Bytes {
    const adding = added.find((one) => one.device === device);
    if (adding !== undefined)
      return copyOf(decodePackage(adding.bytes).leafNode.signaturePublicKey);
    const member = this.members.find((one) => one.device === device);
    const leaf = member === undefined ? null : leafAt(this.#state.ratchetTree, member.leaf);
    if (leaf === null) throw new CryptoRefusal("stranger");
    return copyOf(leaf.signaturePublicKey);
  }
}

const FORMAT = Uint8Array.of(1);
/** Of DHKEM(X25519, HKDF-SHA256): RFC 9180 section 7.1. */
const KEM_BYTES = 32;

function membersOf(state: ClientState, policy: Policy): Member[] {
  return leavesOf(state.ratchetTree).map(({ index, leaf }) => {
    const identity = leafIdentityOf(leaf.credential);
    const { device, participant, name } = identity;
    return {
      device,
      participant,
      name,
      leaf: index,
      staff: identity.staff?.publicKey ?? null,
      mayCommit: mayCommit(policy, identity, leaf.signaturePublicKey),
    };
  });
}

function leafOf(state: ClientState, signatureKey: Uint8Array): number | null {
  const here = leavesOf(state.ratchetTree).find(({ leaf }) =>
    equal(leaf.signaturePublicKey, signatureKey),
  );
  return here?.index ?? null;
}

function memberAt(members: readonly Member[], leaf: number): Member {
  const member = members.find((one) => one.leaf === leaf);
  if (member === undefined) throw new CryptoRefusal("unreadable");
  return member;
}

function scopeOf(text: string): Scope {
  if (text !== "session") throw new CryptoRefusal("unreadable");
  return text;
}
