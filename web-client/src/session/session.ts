import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Chat } from "../chat/chat";
import { readersIn } from "../chat/readers";
import { Connection, type ConnectionState, type Socket } from "../connection/connection";
import { isClaimed } from "../connection/tab";
import { newTextId } from "../crypto/content";
import { Frames } from "../crypto/frames/frames";
import { type GroupStore, openGroupStore } from "../crypto/group-store";
import { SecureRoom, type SecureRoomOptions, type Who } from "../crypto/room";
import { CallMedia } from "../media/call";
import type { LocalMedia } from "../media/local";
import type { Offer } from "../media/receive";
import type {
  Attestation,
  ClientMessage,
  DeviceId,
  Identity,
  IdentityMethod,
  Phrase,
  Present,
  Room,
  ServerMessage,
  SessionId,
  Want,
} from "../protocol";
import { fold, leads, NOTHING_YET, type Over, others, type SessionView, self } from "./state";

export interface SessionOptions {
  session: SessionId;
  local: LocalMedia;
  open: () => Socket;
  identify: (nonce: string) => Promise<Identity>;
  /** The device this page is in the session, once the server named it. */
  onDevice?: (device: DeviceId) => void;
  /** How the person comes, and what the group's keys hang on. */
  by: SecureRoomOptions["by"];
  /** The device of a guest; of staff the server says it once they are in. */
  who: Who | null;
  /** Seals and opens the media of this page; a worker is started where there is none given. */
  frames?: Frames;
  /** Where the state of the group is kept for a reload; in IndexedDB where none is given. */
  store?: GroupStore;
}

/**
 * One person's part in a session: the connection, what the server says, the group with its keys,
 * and media once both the server and the group have let the person in.
 */
export class Session {
  /** The people in it are those of the group; whom only the server claims is not there. */
  readonly view: ReadonlySignal<SessionView>;
  readonly secure: SecureRoom;
  /** Those whom the server let in and nobody here did, as the server names them. */
  readonly outside: ReadonlySignal<readonly Present[]>;
  readonly connection: Signal<ConnectionState> = signal({ is: "connecting" });
  readonly over: Signal<Over | null> = signal(null);
  readonly local: LocalMedia;
  readonly media: CallMedia;
  readonly chat: Chat;
  private readonly claimed: Signal<SessionView> = signal(NOTHING_YET);
  private readonly frames: Frames;
  private readonly link: Connection;
  private readonly options: SessionOptions;
  private readonly unwatch: Array<() => void> = [];
  private inRoom = false;
  private entered = false;
  private offer: Offer | null = null;
  private left = false;

  constructor(options: SessionOptions) {
    this.options = options;
    this.local = options.local;
    this.link = new Connection({
      session: options.session,
      open: options.open,
      identify: options.identify,
      onMessage: (message) => this.receive(message),
      onState: (state) => this.follow(state),
    });
    const request = (message: ClientMessage) => this.link.request(message);
    this.frames = options.frames ?? new Frames();
    const store = options.store ?? openGroupStore(options.session);
    this.secure = new SecureRoom({
      session: options.session,
      by: options.by,
      request,
      frames: this.frames,
      store,
      gone: async (device) =>
        (await store.load(device)) !== null && (await isClaimed(device)) === false,
    });
    this.view = computed(() => {
      const { room, ...rest } = this.claimed.value;
      return { ...rest, room: room && this.secure.shown(room) };
    });
    this.outside = computed(() => {
      const devices = new Set(this.secure.outside.value.map(({ device }) => device));
      const present = this.claimed.value.room?.present ?? [];
      return present.filter(({ device }) => devices.has(device));
    });
    this.media = new CallMedia({
      local: options.local,
      frames: this.frames,
      health: this.frames.health,
      leafOf: (device) => this.secure.leafOf(device),
      request,
      reconnect: () => this.link.reconnect(),
      pictureExpected: () => this.pictureExpected(),
    });
    const { secure } = this;
    this.chat = new Chat({
      texts: secure.texts,
      readers: computed(() => readersIn(secure.security.value, secure.device)),
      send: (text, to, id) => secure.sendText(text, to, id),
      newId: newTextId,
      isOn: computed(() => this.claimed.value.room?.chat ?? true),
      leads: computed(() => {
        const { room } = this.claimed.value;
        return room !== null && leads(room);
      }),
      turn: (on) => request({ type: "allow_chat", on }),
      now: () => Date.now(),
    });
    this.unwatch.push(() => this.chat.stop());
    this.unwatch.push(
      effect(() => {
        if (this.secure.security.value.is === "secure") this.enter();
      }),
    );
  }

  start(): void {
    const now = (): void => this.link.tryNow();
    addEventListener("online", now);
    this.unwatch.push(() => removeEventListener("online", now));
    this.link.start();
  }

  /** The server's clock, milliseconds since 1970. */
  now(): number {
    return this.link.now();
  }

  tryNow(): void {
    this.link.tryNow();
  }

  /** Another tab of this browser speaks for the same device now. */
  moveElsewhere(): void {
    this.end("elsewhere");
    this.link.close();
  }

  /** Lets everything go without a word: the page is left. */
  dispose(): void {
    for (const end of this.unwatch) end();
    this.link.close();
    this.media.stop();
    this.local.stop();
    this.secure.stop(null);
    this.frames.stop();
  }

  say(phrase: Phrase): Promise<unknown> {
    return this.link.request({ type: "say", phrase });
  }

  attest(attestation: Attestation): Promise<unknown> {
    return this.link.request({ type: "attest", attestation });
  }

  /** Lets a device in: the group takes it in and the server records it, or neither happens. */
  admit(device: DeviceId, identity: IdentityMethod, override: boolean): Promise<void> {
    return this.secure.admit(device, identity, override);
  }

  decline(device: DeviceId): Promise<unknown> {
    return this.link.request({ type: "decline", device });
  }

  remove(device: DeviceId): Promise<void> {
    return this.secure.remove(device);
  }

  /** Ends the session for everyone. */
  endForAll(): Promise<unknown> {
    return this.link.request({ type: "end" });
  }

  /** Goes, for good. Media stops at once; the server is told while it can be. */
  async leave(): Promise<void> {
    this.left = true;
    this.media.stop();
    this.local.stop();
    await this.link.request({ type: "leave" }).catch(() => {});
    this.end("left");
    this.link.close();
  }

  show(wants: Want[]): void {
    this.media.show(wants);
  }

  private receive(message: ServerMessage): void {
    this.claimed.value = fold(this.claimed.peek(), message);
    switch (message.type) {
      case "ways":
        this.media.useServers(message.ice_servers);
        return;
      case "waiting":
        this.options.onDevice?.(message.waiting.device);
        this.greet(this.options.who);
        return;
      case "room":
        this.options.onDevice?.(message.room.you);
        this.greet(this.options.who ?? whoIn(message.room));
        break;
      case "offer":
        this.offer = message;
        if (this.entered) this.media.take(message);
        return;
      case "relay_restarted":
        this.media.rebuild();
        return;
    }
    this.secure.receive(message);
    if (message.type !== "room" || this.left) return;
    this.inRoom = true;
    if (this.secure.security.peek().is === "secure") this.enter();
  }

  private greet(who: Who | null): void {
    if (who) this.secure.greet(who);
  }

  /** Media begins with the keys: what came before them is taken up now. */
  private enter(): void {
    if (!this.inRoom || this.entered || this.left) return;
    this.entered = true;
    this.media.enter();
    if (this.offer) this.media.take(this.offer);
  }

  private follow(state: ConnectionState): void {
    if (state.is !== "open") {
      this.inRoom = false;
      this.entered = false;
      this.offer = null;
      this.media.leave();
      this.secure.lose();
    }
    if (state.is === "over") this.end(state.reason);
    if (state.is === "refused") {
      this.media.stop();
      this.local.stop();
    }
    this.connection.value = state;
  }

  private end(over: Over): void {
    if (this.over.peek() !== null) return;
    this.over.value = over;
    this.media.stop();
    this.local.stop();
    this.secure.stop(KEEPS[over]);
    this.frames.stop();
  }

  private pictureExpected(): boolean {
    const { room } = this.view.peek();
    if (!room) return false;
    return others(room).some(({ media, connection }) => media.camera && connection === "here");
  }
}

/** What is forgotten of the group: nothing while another tab of this device goes on with it. */
const KEEPS: Record<Over, "for_all" | "for_me" | null> = {
  ended: "for_all",
  cancelled: "for_all",
  declined: "for_me",
  removed: "for_me",
  replaced: "for_me",
  left: "for_me",
  elsewhere: null,
};

/** The device that the server says this page is, among those in the room. */
function whoIn(room: Room): Who | null {
  const me = self(room);
  return me && { device: me.device, participant: me.participant, name: me.name };
}

/** Keeps `keep` informed of which inputs are on. */
export function rememberMedia(
  local: LocalMedia,
  keep: (on: { microphone: boolean; camera: boolean }) => void,
): () => void {
  return effect(() => {
    const { microphone, camera } = local.state.value;
    keep({ microphone, camera });
  });
}
