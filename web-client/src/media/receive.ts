import { effect, type Signal, signal } from "@preact/signals";
import type { Frames } from "../crypto/frames/frames";
import type { DeviceId, IceServer, ReceivedStream, Source } from "../protocol";
import { makePeer } from "./peer";
import { Recovery } from "./recovery";

export interface Offer {
  generation: number;
  offer: string;
  streams: ReceivedStream[];
}

export type StreamKey = `${DeviceId}/${Source}`;

/** What is received, by device and source. */
export type Streams = Signal<ReadonlyMap<StreamKey, MediaStream>>;

export interface ReceiveOptions {
  iceServers: readonly IceServer[];
  /** Opens what is received. */
  frames: Pick<Frames, "decrypt" | "expect">;
  /** The leaf of a device in the group of the session, `null` while it has none. Reads signals. */
  leafOf: (device: DeviceId) => number | null;
  /** Filled here; given to the next connection, it keeps the same stream for the same person. */
  streams?: Streams;
  /** Filled here: the section in which each source comes. */
  mids?: Signal<ReadonlyMap<StreamKey, string>>;
  answer: (generation: number, answer: string) => Promise<unknown>;
  /** Asks the relay for an offer with new ICE credentials. */
  restart: () => void;
  /** The connection cannot be saved: build another. */
  onBroken: () => void;
  makePeer?: (iceServers: readonly IceServer[]) => RTCPeerConnection;
  makeStream?: () => MediaStream;
}

export function streamKey(device: DeviceId, source: Source): StreamKey {
  return `${device}/${source}`;
}

/**
 * The peer connection on which the others are heard and seen. The relay offers, anew whenever the
 * audience changes; a person's stream stays the same object all the while.
 */
export class ReceiveConnection {
  readonly peer: RTCPeerConnection;
  readonly streams: Streams;
  private readonly options: ReceiveOptions;
  private readonly recovery: Recovery;
  private readonly listed: Signal<readonly ReceivedStream[]> = signal([]);
  private readonly unfollow: () => void;
  private waiting: Offer | null = null;
  private working = false;
  private closed = false;

  constructor(options: ReceiveOptions) {
    this.options = options;
    this.streams = options.streams ?? signal(new Map());
    this.peer = (options.makePeer ?? makePeer)(options.iceServers);
    this.recovery = new Recovery((remedy) => {
      if (remedy === "restart") options.restart();
      else options.onBroken();
    });
    this.peer.onconnectionstatechange = () => this.recovery.observe(this.peer.connectionState);
    this.unfollow = effect(() => this.expect(this.listed.value));
  }

  /** Takes an offer; while one is worked on, only the newest of those that come is kept. */
  async take(offer: Offer): Promise<void> {
    this.waiting = offer;
    if (this.working) return;
    this.working = true;
    try {
      while (this.waiting && !this.closed) {
        const next: Offer = this.waiting;
        this.waiting = null;
        await this.apply(next);
      }
    } catch {
      if (!this.closed) this.options.onBroken();
    } finally {
      this.working = false;
    }
  }

  /** The track of a source, `null` while it is not received. */
  track(device: DeviceId, source: Source): MediaStreamTrack | null {
    return this.streams.peek().get(streamKey(device, source))?.getTracks()[0] ?? null;
  }

  close(): void {
    this.closed = true;
    this.unfollow();
    this.recovery.stop();
    this.peer.onconnectionstatechange = null;
    this.peer.close();
  }

  private async apply({ generation, offer, streams }: Offer): Promise<void> {
    const { peer } = this;
    await peer.setRemoteDescription({ type: "offer", sdp: offer });
    if (this.closed) return;
    // Before the answer, so that not one frame is played as it came.
    for (const { mid, receiver } of peer.getTransceivers()) {
      if (mid !== null) this.options.frames.decrypt(receiver, mid);
    }
    await peer.setLocalDescription(await peer.createAnswer());
    if (this.closed) return;
    this.assign(streams);
    this.listed.value = streams;
    await this.options.answer(generation, peer.localDescription?.sdp ?? "");
  }

  /** Each section plays what the server lists there, and only from the leaf of that device. */
  private expect(listed: readonly ReceivedStream[]): void {
    const { frames, leafOf } = this.options;
    const sources = new Map(listed.map((stream) => [stream.mid, stream]));
    for (const { mid } of this.peer.getTransceivers()) {
      if (mid === null) continue;
      const stream = sources.get(mid);
      const leaf = stream ? leafOf(stream.device) : null;
      frames.expect(mid, stream && leaf !== null ? { leaf, source: stream.source } : null);
    }
  }

  private assign(listed: ReceivedStream[]): void {
    const tracks = new Map<string, MediaStreamTrack>();
    for (const { mid, receiver } of this.peer.getTransceivers()) {
      if (mid !== null) tracks.set(mid, receiver.track);
    }
    const before = this.streams.peek();
    const after = new Map<StreamKey, MediaStream>();
    const mids = new Map<StreamKey, string>();
    for (const { mid, device, source } of listed) {
      const track = tracks.get(mid);
      if (!track) continue;
      const key = streamKey(device, source);
      const stream = before.get(key) ?? (this.options.makeStream ?? (() => new MediaStream()))();
      hold(stream, track);
      after.set(key, stream);
      mids.set(key, mid);
    }
    if (this.options.mids) this.options.mids.value = mids;
    const same =
      before.size === after.size && [...after].every(([key, stream]) => before.get(key) === stream);
    if (!same) this.streams.value = after;
  }
}

/** Makes `track` the only one of the stream. */
function hold(stream: MediaStream, track: MediaStreamTrack): void {
  for (const old of stream.getTracks()) {
    if (old !== track) stream.removeTrack(old);
  }
  if (!stream.getTracks().includes(track)) stream.addTrack(track);
}
