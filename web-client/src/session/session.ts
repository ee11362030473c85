import { effect, type Signal, signal } from "@preact/signals";
import { Connection, type ConnectionState, type Socket } from "../connection/connection";
import { Frames } from "../crypto/frames/frames";
import { CallMedia } from "../media/call";
import type { LocalMedia } from "../media/local";
import type {
  Attestation,
  Commit,
  DeviceId,
  Identity,
  IdentityMethod,
  Phrase,
  ServerMessage,
  SessionId,
  Want,
} from "../protocol";
import { fold, NOTHING_YET, type Over, others, type SessionView } from "./state";

export interface SessionOptions {
  session: SessionId;
  local: LocalMedia;
  open: () => Socket;
  identify: (nonce: string) => Promise<Identity>;
  /** The device this page is in the session, once the server named it. */
  onDevice?: (device: DeviceId) => void;
  /** Seals and opens the media of this page; a worker is started where there is none given. */
  frames?: Frames;
}

/** Stands where a change of the group belongs; the server refuses it. */
const NO_COMMIT: Commit = {
  base: { scope: "session", group: 1, epoch: 0 },
  commit: "",
  welcome: null,
};

/** One person's part in a session: the connection, what the server says, and media once admitted. */
export class Session {
  readonly view: Signal<SessionView> = signal(NOTHING_YET);
  readonly connection: Signal<ConnectionState> = signal({ is: "connecting" });
  readonly over: Signal<Over | null> = signal(null);
  readonly local: LocalMedia;
  readonly media: CallMedia;
  private readonly frames: Frames;
  private readonly link: Connection;
  private readonly options: SessionOptions;
  private readonly unwatch: Array<() => void> = [];
  private inRoom = false;
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
    this.frames = options.frames ?? new Frames();
    this.media = new CallMedia({
      local: options.local,
      frames: this.frames,
      health: this.frames.health,
      leafOf: () => null,
      request: (message) => this.link.request(message),
      reconnect: () => this.link.reconnect(),
      pictureExpected: () => this.pictureExpected(),
    });
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
    this.frames.stop();
    this.local.stop();
  }

  say(phrase: Phrase): Promise<unknown> {
    return this.link.request({ type: "say", phrase });
  }

  attest(attestation: Attestation): Promise<unknown> {
    return this.link.request({ type: "attest", attestation });
  }

  admit(device: DeviceId, identity: IdentityMethod, override: boolean): Promise<unknown> {
    return this.link.request({
      type: "admit",
      device,
      identity,
      override_missing: override,
      commit: NO_COMMIT,
    });
  }

  decline(device: DeviceId): Promise<unknown> {
    return this.link.request({ type: "decline", device });
  }

  remove(device: DeviceId): Promise<unknown> {
    return this.link.request({ type: "remove", device, commit: null });
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
    this.view.value = fold(this.view.peek(), message);
    switch (message.type) {
      case "ways":
        this.media.useServers(message.ice_servers);
        return;
      case "waiting":
        this.options.onDevice?.(message.waiting.device);
        return;
      case "room":
        this.options.onDevice?.(message.room.you);
        if (!this.inRoom && !this.left) {
          this.inRoom = true;
          this.media.enter();
        }
        return;
      case "offer":
        if (this.inRoom) this.media.take(message);
        return;
      case "relay_restarted":
        this.media.rebuild();
    }
  }

  private follow(state: ConnectionState): void {
    if (state.is !== "open") {
      this.inRoom = false;
      this.media.leave();
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
  }

  private pictureExpected(): boolean {
    const { room } = this.view.peek();
    if (!room) return false;
    return others(room).some(({ media, connection }) => media.camera && connection === "here");
  }
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
