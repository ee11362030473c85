import type { Frames } from "../crypto/frames/frames";
import type { IceServer, Source, SourceSection } from "../protocol";
import { CAMERA_LAYERS, SCREEN_LAYER, SOUND, vp8First } from "./codecs";
import { makePeer } from "./peer";
import { Recovery } from "./recovery";

export interface PublishOptions {
  iceServers: readonly IceServer[];
  /** The track that a source sends now. */
  track: (source: Source) => MediaStreamTrack | null;
  /** Seals all that a sender sends from now on. */
  frames: Pick<Frames, "encrypt">;
  /** Gives the relay an offer and returns its answer. */
  exchange: (offer: string, sources: SourceSection[]) => Promise<string>;
  /** The connection cannot be saved: build another. */
  onBroken: () => void;
  makePeer?: (iceServers: readonly IceServer[]) => RTCPeerConnection;
}

/** The peer connection on which this person is heard and seen. The browser offers. */
export class PublishConnection {
  readonly peer: RTCPeerConnection;
  private readonly options: PublishOptions;
  private readonly sections = new Map<Source, RTCRtpTransceiver>();
  private readonly recovery: Recovery;
  private negotiating = false;
  private again: { iceRestart: boolean } | null = null;
  private closed = false;

  constructor(options: PublishOptions) {
    this.options = options;
    this.peer = (options.makePeer ?? makePeer)(options.iceServers);
    this.recovery = new Recovery((remedy) => {
      if (remedy === "restart") void this.negotiate(true);
      else options.onBroken();
    });
    this.peer.onconnectionstatechange = () => this.recovery.observe(this.peer.connectionState);
  }

  /** Offers microphone and camera, on or off, so that turning one on later needs no new offer. */
  async start(): Promise<void> {
    this.add("microphone", "audio", SOUND);
    this.add("camera", "video", CAMERA_LAYERS);
    if (this.options.track("screen")) this.add("screen", "video", SCREEN_LAYER);
    this.recovery.observe("connecting");
    await this.negotiate(false);
  }

  /** Sends what `track` gives for the source from now on. */
  async refresh(source: Source): Promise<void> {
    if (this.closed || this.sections.size === 0) return;
    const track = this.options.track(source);
    const section = this.sections.get(source);
    if (source !== "screen") {
      await section?.sender.replaceTrack(track);
      return;
    }
    if (!section) {
      if (!track) return;
      this.add("screen", "video", SCREEN_LAYER);
    } else {
      if (section.sender.track === track) return;
      await section.sender.replaceTrack(track);
      section.direction = track ? "sendonly" : "inactive";
    }
    await this.negotiate(false);
  }

  close(): void {
    this.closed = true;
    this.recovery.stop();
    this.peer.onconnectionstatechange = null;
    this.peer.close();
  }

  private add(
    source: Source,
    kind: "audio" | "video",
    sendEncodings: RTCRtpEncodingParameters[],
  ): void {
    const section = this.peer.addTransceiver(this.options.track(source) ?? kind, {
      direction: "sendonly",
      sendEncodings,
    });
    // Before there is an offer, so that not one frame goes out in plain.
    this.options.frames.encrypt(section.sender, source);
    if (kind === "video") preferVp8(section);
    this.sections.set(source, section);
  }

  /** One offer at a time; what changes meanwhile goes into the next. */
  private async negotiate(iceRestart: boolean): Promise<void> {
    if (this.negotiating) {
      this.again = { iceRestart: iceRestart || this.again?.iceRestart === true };
      return;
    }
    this.negotiating = true;
    try {
      await this.offer(iceRestart);
    } catch {
      if (!this.closed) this.options.onBroken();
      return;
    } finally {
      this.negotiating = false;
    }
    const { again } = this;
    this.again = null;
    if (again && !this.closed) await this.negotiate(again.iceRestart);
  }

  private async offer(iceRestart: boolean): Promise<void> {
    const { peer } = this;
    await peer.setLocalDescription(await peer.createOffer({ iceRestart }));
    if (this.closed) return;
    const answer = await this.options.exchange(peer.localDescription?.sdp ?? "", this.sources());
    if (this.closed) return;
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  private sources(): SourceSection[] {
    const sources: SourceSection[] = [];
    for (const [source, { mid, direction }] of this.sections) {
      if (mid !== null && direction !== "inactive") sources.push({ mid, source });
    }
    return sources;
  }
}

function preferVp8(section: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs;
  if (!codecs) return;
  try {
    section.setCodecPreferences(vp8First(codecs));
  } catch {
    // The order is a preference; the relay chooses among what is offered.
  }
}
