import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { RefusedError } from "../connection/errors";
import type { Frames } from "../crypto/frames/frames";
import type {
  ClientMessage,
  DeviceId,
  IceServer,
  MediaState,
  ServerMessage,
  Source,
  Want,
} from "../protocol";
import { insecureOf } from "./insecure";
import type { LocalMedia } from "./local";
import { useServers } from "./peer";
import { PublishConnection } from "./publish";
import { type ConnectionQuality, QualityJudge } from "./quality";
import { type Offer, ReceiveConnection, type StreamKey, type Streams } from "./receive";
import { Speakers } from "./speaking";
import { levels, received, sent } from "./stats";
import { type Way, wayOf, worse } from "./way";

export interface CallMediaOptions {
  local: LocalMedia;
  /** Seals what is sent and opens what is received. */
  frames: Pick<Frames, "encrypt" | "decrypt" | "expect">;
  /** The leaf of a device in the group of the session, `null` while it has none. Reads signals. */
  leafOf: (device: DeviceId) => number | null;
  request: (message: ClientMessage) => Promise<ServerMessage>;
  /** Nothing helped: greet the server anew, which makes new peers in the relay. */
  reconnect: () => void;
  /** Whether anyone who is received has the camera on. */
  pictureExpected: () => boolean;
  /** Whether what comes can be opened, by section; without it nothing is said of that. */
  health?: ReadonlySignal<ReadonlyMap<string, { secure: boolean }>>;
}

/** Milliseconds. */
const LISTEN_EVERY = 600;
const JUDGE_EVERY = 4;
const PUBLISH_AGAIN = 2_000;

const SOURCES: readonly Source[] = ["microphone", "camera", "screen"];

/**
 * Media of one session, from admission to the end: the two peer connections with the relay, and
 * what the server is told about them. Before `enter` there is no peer connection at all.
 */
export class CallMedia {
  /** What is received, by device and source. */
  readonly streams: Streams = signal(new Map());
  readonly quality: Signal<ConnectionQuality> = signal("good");
  /** How the relay is reached, `null` before it is. */
  readonly way: Signal<Way | null> = signal(null);
  readonly speaking: Signal<ReadonlySet<DeviceId>> = signal(new Set());
  /** What is received and not played, since it cannot be opened. */
  readonly insecure: ReadonlySignal<ReadonlySet<StreamKey>> = computed(() =>
    insecureOf(this.options.health?.value ?? new Map(), this.mids.value),
  );

  private readonly mids: Signal<ReadonlyMap<StreamKey, string>> = signal(new Map());
  private readonly options: CallMediaOptions;
  private readonly speakers = new Speakers();
  private judge = new QualityJudge();
  private publishing: PublishConnection | null = null;
  private receiving: ReceiveConnection | null = null;
  /** The next offer belongs to a new peer of the relay. */
  private receiveAnew = true;
  private iceServers: readonly IceServer[] = [];
  private entered = false;
  private endings: Array<() => void> = [];
  private retry: ReturnType<typeof setTimeout> | undefined;
  private wants = "";
  private ticks = 0;

  constructor(options: CallMediaOptions) {
    this.options = options;
  }

  /** The ways to the relay, for connections that are there and those to come. */
  useServers(iceServers: readonly IceServer[]): void {
    this.iceServers = iceServers;
    for (const connection of [this.publishing, this.receiving]) {
      if (connection) useServers(connection.peer, iceServers);
    }
  }

  /** The device was let in, or greeted again after a loss: the relay's peers are new. */
  enter(): void {
    this.entered = true;
    this.receiveAnew = true;
    this.wants = "";
    this.publish();
    if (this.endings.length > 0) {
      void this.tell(this.options.local.state.peek());
      return;
    }
    this.follow();
  }

  /** The connection to the server is lost: what flows goes on flowing until the relay ends it. */
  leave(): void {
    this.entered = false;
    this.forgetRetry();
  }

  /** The relay is new and knows neither peer. */
  rebuild(): void {
    this.receiveAnew = true;
    if (this.entered) this.publish();
  }

  take(offer: Offer): void {
    if (this.receiveAnew || !this.receiving) {
      this.receiving?.close();
      this.receiving = this.receive();
      this.receiveAnew = false;
    }
    void this.receiving.take(offer);
  }

  /** Says what is shown on screen; the same again is not sent. */
  show(wants: Want[]): void {
    const text = JSON.stringify(wants);
    if (!this.entered || text === this.wants) return;
    this.wants = text;
    this.send({ type: "show", wants });
  }

  stop(): void {
    this.entered = false;
    this.forgetRetry();
    for (const end of this.endings) end();
    this.endings = [];
    this.publishing?.close();
    this.receiving?.close();
    this.publishing = null;
    this.receiving = null;
    this.streams.value = new Map();
    this.mids.value = new Map();
  }

  private follow(): void {
    const { local } = this.options;
    this.endings.push(onChange(local.state, (state) => void this.tell(state)));
    for (const source of SOURCES) {
      this.endings.push(
        effect(() => {
          void local[source].value.track;
          this.publishing?.refresh(source).catch(() => this.repair());
        }),
      );
    }
    const timer = setInterval(() => void this.listen(), LISTEN_EVERY);
    this.endings.push(() => clearInterval(timer));
  }

  private publish(): void {
    this.forgetRetry();
    this.publishing?.close();
    const connection = new PublishConnection({
      iceServers: this.iceServers,
      track: (source) => this.options.local.track(source),
      frames: this.options.frames,
      exchange: (offer, sources) => this.exchange(offer, sources),
      onBroken: () => this.repair(),
    });
    this.publishing = connection;
    void connection.start();
  }

  private async exchange(
    offer: string,
    sources: { mid: string; source: Source }[],
  ): Promise<string> {
    try {
      const answer = await this.options.request({ type: "publish", offer, sources });
      if (answer.type === "published") return answer.answer;
    } catch (error) {
      if (error instanceof RefusedError && this.entered) this.publishLater();
      throw error;
    }
    throw new Error("publishing was not answered by a description");
  }

  /** The relay is not there for the moment, or refuses: the same connection to the server is kept. */
  private publishLater(): void {
    this.forgetRetry();
    this.retry = setTimeout(() => this.publish(), PUBLISH_AGAIN);
  }

  private forgetRetry(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  private receive(): ReceiveConnection {
    return new ReceiveConnection({
      iceServers: this.iceServers,
      streams: this.streams,
      mids: this.mids,
      frames: this.options.frames,
      leafOf: this.options.leafOf,
      answer: (generation, answer) => this.options.request({ type: "answer", generation, answer }),
      restart: () => this.send({ type: "restart_receive" }),
      onBroken: () => this.repair(),
    });
  }

  private repair(): void {
    if (this.entered && this.retry === undefined) this.options.reconnect();
  }

  private async tell(state: MediaState): Promise<void> {
    if (this.entered) this.send({ type: "media", state });
  }

  /** What is not answered is said again when the server is back. */
  private send(message: ClientMessage): void {
    this.options.request(message).catch(() => {});
  }

  private async listen(): Promise<void> {
    const { receiving, publishing } = this;
    const inbound = await receiving?.peer.getStats().catch(() => null);
    if (inbound) this.hear(levels(inbound));
    this.ticks += 1;
    if (this.ticks % JUDGE_EVERY !== 0 || !publishing) return;
    const outbound = await publishing.peer.getStats().catch(() => null);
    if (!outbound) return;
    this.way.value = worse(wayOf(outbound), inbound ? wayOf(inbound) : null);
    this.quality.value = this.judge.judge({
      at: performance.now(),
      connected: flows(publishing) && (!receiving || flows(receiving)),
      pictureExpected: this.options.pictureExpected(),
      ...sent(outbound),
      ...(inbound ? received(inbound) : { packetsReceived: 0, packetsLost: 0, framesDecoded: 0 }),
    });
  }

  private hear(loudness: Map<string, number>): void {
    const byDevice = new Map<DeviceId, number>();
    for (const [key, stream] of this.streams.peek()) {
      const track = stream.getAudioTracks()[0];
      if (track) byDevice.set(deviceOf(key), loudness.get(track.id) ?? 0);
    }
    this.speaking.value = this.speakers.update(byDevice, performance.now());
  }
}

function flows({ peer }: { peer: RTCPeerConnection }): boolean {
  return (
    peer.connectionState === "connected" ||
    peer.connectionState === "connecting" ||
    peer.connectionState === "new"
  );
}

function deviceOf(key: StreamKey): DeviceId {
  return key.slice(0, key.lastIndexOf("/"));
}

/** Calls `act` with the value now and after each change of its content. */
function onChange<T>(value: ReadonlySignal<T>, act: (value: T) => void): () => void {
  let last = "";
  return effect(() => {
    const text = JSON.stringify(value.value);
    if (text === last) return;
    last = text;
    act(value.peek());
  });
}
