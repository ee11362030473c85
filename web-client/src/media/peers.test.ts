import { signal } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import type { ReceivedStream, Source, SourceSection } from "../protocol";
import { vp8First } from "./codecs";
import { PublishConnection } from "./publish";
import { ReceiveConnection, streamKey } from "./receive";

interface FakeSection {
  mid: string | null;
  direction: RTCRtpTransceiverDirection;
  sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void> };
  receiver: { track: unknown };
  init?: RTCRtpTransceiverInit | undefined;
  setCodecPreferences: () => void;
}

class FakePeer {
  connectionState: RTCPeerConnectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  localDescription: { sdp: string } | null = null;
  sections: FakeSection[] = [];
  offers: RTCOfferOptions[] = [];
  remote: string[] = [];
  closed = false;

  addTransceiver(trackOrKind: unknown, init?: RTCRtpTransceiverInit): FakeSection {
    const sender: FakeSection["sender"] = {
      track: typeof trackOrKind === "string" ? null : trackOrKind,
      replaceTrack: async (track) => {
        sender.track = track;
      },
    };
    const section: FakeSection = {
      mid: null,
      direction: init?.direction ?? "sendrecv",
      sender,
      receiver: { track: { id: `track-${this.sections.length}` } },
      init,
      setCodecPreferences: () => {},
    };
    this.sections.push(section);
    return section;
  }
  getTransceivers(): FakeSection[] {
    return this.sections;
  }
  async createOffer(options: RTCOfferOptions = {}) {
    this.offers.push(options);
    return { type: "offer", sdp: `offer-${this.offers.length}` };
  }
  async createAnswer() {
    return { type: "answer", sdp: `answer-to-${this.remote.at(-1)}` };
  }
  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    this.sections.forEach((section, index) => {
      section.mid ??= String(index);
    });
  }
  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    if (sdp === "unreadable") throw new Error("unreadable");
    this.remote.push(sdp);
  }
  close(): void {
    this.closed = true;
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

class FakeStream {
  tracks: unknown[] = [];
  getTracks(): unknown[] {
    return [...this.tracks];
  }
  addTrack(track: unknown): void {
    this.tracks.push(track);
  }
  removeTrack(track: unknown): void {
    this.tracks = this.tracks.filter((held) => held !== track);
  }
}

function publishing(
  exchange = vi.fn(async (offer: string, _sources: SourceSection[]) => `re-${offer}`),
) {
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => ({ codecs: [] }) });
  const peer = new FakePeer();
  const tracks: Partial<Record<Source, unknown>> = {};
  const onBroken = vi.fn();
  const frames = { encrypt: vi.fn() };
  const connection = new PublishConnection({
    iceServers: [],
    track: (source) => (tracks[source] ?? null) as MediaStreamTrack | null,
    frames,
    exchange,
    onBroken,
    makePeer: () => peer as unknown as RTCPeerConnection,
  });
  return { peer, tracks, exchange, onBroken, connection, frames };
}

describe("PublishConnection", () => {
  it("offers microphone and camera even when both are off", async () => {
    const { connection, exchange, peer } = publishing();
    await connection.start();
    expect(exchange).toHaveBeenCalledWith("offer-1", [
      { mid: "0", source: "microphone" },
      { mid: "1", source: "camera" },
    ]);
    expect(peer.sections[1]?.init?.sendEncodings?.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
    expect(peer.remote).toEqual(["re-offer-1"]);
  });

  it("seals each sender before it offers", async () => {
    const exchange = vi.fn(async (offer: string, _sources: SourceSection[]) => {
      expect(frames.encrypt).toHaveBeenCalledTimes(2);
      return `re-${offer}`;
    });
    const { connection, frames, peer } = publishing(exchange);
    await connection.start();
    expect(exchange).toHaveBeenCalled();
    expect(frames.encrypt.mock.calls).toEqual([
      [peer.sections[0]?.sender, "microphone"],
      [peer.sections[1]?.sender, "camera"],
    ]);
  });

  it("turns the camera on and off without a new offer", async () => {
    const { connection, exchange, peer, tracks } = publishing();
    await connection.start();
    tracks.camera = { id: "camera" };
    await connection.refresh("camera");
    expect(peer.sections[1]?.sender.track).toBe(tracks.camera);
    delete tracks.camera;
    await connection.refresh("camera");
    expect(peer.sections[1]?.sender.track).toBeNull();
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it("adds a screen, takes it out and uses its section again", async () => {
    const { connection, exchange, peer, tracks } = publishing();
    await connection.start();
    tracks.screen = { id: "screen" };
    await connection.refresh("screen");
    expect(exchange.mock.lastCall?.[1]).toContainEqual({ mid: "2", source: "screen" });
    delete tracks.screen;
    await connection.refresh("screen");
    expect(exchange.mock.lastCall?.[1]).toHaveLength(2);
    expect(peer.sections[2]?.direction).toBe("inactive");
    tracks.screen = { id: "other" };
    await connection.refresh("screen");
    expect(exchange.mock.lastCall?.[1]).toContainEqual({ mid: "2", source: "screen" });
    expect(peer.sections).toHaveLength(3);
  });

  it("keeps one offer at a time and puts what changed meanwhile into the next", async () => {
    let release = (_: string): void => {};
    const exchange = vi.fn(
      (_offer: string, _sources: SourceSection[]) =>
        new Promise<string>((resolve) => {
          release = resolve;
        }),
    );
    const { connection, tracks } = publishing(exchange);
    const started = connection.start();
    await vi.waitFor(() => expect(exchange).toHaveBeenCalledTimes(1));
    tracks.screen = { id: "screen" };
    await connection.refresh("screen");
    expect(exchange).toHaveBeenCalledTimes(1);
    release("answer");
    await vi.waitFor(() => expect(exchange).toHaveBeenCalledTimes(2));
    release("answer");
    await started;
    expect(exchange.mock.lastCall?.[1]).toHaveLength(3);
  });

  it("restarts ICE when the connection failed, and is broken when the relay refuses", async () => {
    const { connection, peer, exchange, onBroken } = publishing();
    await connection.start();
    peer.become("connected");
    peer.become("failed");
    await vi.waitFor(() => expect(exchange).toHaveBeenCalledTimes(2));
    expect(peer.offers.at(-1)).toEqual({ iceRestart: true });
    expect(onBroken).not.toHaveBeenCalled();
    exchange.mockRejectedValueOnce(new Error("refused"));
    peer.become("failed");
    await vi.waitFor(() => expect(onBroken).toHaveBeenCalled());
    connection.close();
  });

  it("is silent once closed", async () => {
    const { connection, peer, onBroken } = publishing(
      vi.fn(async () => Promise.reject(new Error("gone"))),
    );
    const started = connection.start();
    connection.close();
    await started;
    expect(peer.closed).toBe(true);
    expect(onBroken).not.toHaveBeenCalled();
  });
});

function receiving() {
  const peer = new FakePeer();
  const answer = vi.fn(async (_generation: number, _answer: string) => {});
  const onBroken = vi.fn();
  const restart = vi.fn();
  const frames = { decrypt: vi.fn(), expect: vi.fn() };
  const leaves = signal(new Map([["a", 3]]));
  const connection = new ReceiveConnection({
    iceServers: [],
    frames,
    leafOf: (device) => leaves.value.get(device) ?? null,
    answer,
    restart,
    onBroken,
    makePeer: () => peer as unknown as RTCPeerConnection,
    makeStream: () => new FakeStream() as unknown as MediaStream,
  });
  for (let section = 0; section < 3; section += 1) peer.addTransceiver("video");
  peer.sections.forEach((section, index) => {
    section.mid = String(index);
  });
  return { peer, answer, onBroken, restart, connection, frames, leaves };
}

const stream = (mid: string, device: string, source: Source = "camera"): ReceivedStream => ({
  mid,
  device,
  source,
});

describe("ReceiveConnection", () => {
  it("answers the offer it applied and names each stream", async () => {
    const { connection, answer, peer } = receiving();
    await connection.take({ generation: 4, offer: "o", streams: [stream("1", "a")] });
    expect(answer).toHaveBeenCalledWith(4, "answer-to-o");
    expect(connection.track("a", "camera")).toBe(peer.sections[1]?.receiver.track);
    expect(connection.track("b", "camera")).toBeNull();
  });

  it("opens each section before it answers, and only from the leaf of whom it lists", async () => {
    const { connection, frames, leaves, peer } = receiving();
    const answering = vi.spyOn(peer, "createAnswer").mockImplementation(async () => {
      expect(frames.decrypt).toHaveBeenCalledTimes(3);
      return { type: "answer", sdp: "answer" };
    });
    await connection.take({
      generation: 1,
      offer: "o",
      streams: [stream("0", "a"), stream("1", "b", "screen")],
    });
    expect(answering).toHaveBeenCalled();
    expect(frames.decrypt).toHaveBeenCalledWith(peer.sections[0]?.receiver, "0");
    expect(frames.expect.mock.calls).toEqual([
      ["0", { leaf: 3, source: "camera" }],
      ["1", null],
      ["2", null],
    ]);
    leaves.value = new Map([["b", 4]]);
    expect(frames.expect.mock.calls.slice(3)).toEqual([
      ["0", null],
      ["1", { leaf: 4, source: "screen" }],
      ["2", null],
    ]);
    connection.close();
    leaves.value = new Map();
    expect(frames.expect).toHaveBeenCalledTimes(6);
  });

  it("keeps a person's stream the same object when it moves to another section", async () => {
    const { connection, peer } = receiving();
    await connection.take({
      generation: 1,
      offer: "o",
      streams: [stream("0", "a"), stream("1", "b")],
    });
    const first = connection.streams.value.get(streamKey("b", "camera"));
    await connection.take({ generation: 2, offer: "p", streams: [stream("0", "b")] });
    expect(connection.streams.value.get(streamKey("b", "camera"))).toBe(first);
    expect(first?.getTracks()).toEqual([peer.sections[0]?.receiver.track]);
    expect(connection.streams.value.size).toBe(1);
  });

  it("says nothing when an offer changes no stream", async () => {
    const { connection } = receiving();
    await connection.take({ generation: 1, offer: "o", streams: [stream("0", "a")] });
    const before = connection.streams.value;
    await connection.take({ generation: 2, offer: "p", streams: [stream("0", "a")] });
    expect(connection.streams.value).toBe(before);
  });

  it("works offers one after another and passes over those that are already old", async () => {
    const { connection, answer } = receiving();
    const first = connection.take({ generation: 1, offer: "a", streams: [] });
    void connection.take({ generation: 2, offer: "b", streams: [] });
    void connection.take({ generation: 3, offer: "c", streams: [] });
    await first;
    expect(answer.mock.calls.map(([generation]) => generation)).toEqual([1, 3]);
  });

  it("asks for new ICE credentials when the connection failed", async () => {
    const { connection, peer, restart, onBroken } = receiving();
    peer.become("connected");
    peer.become("failed");
    expect(restart).toHaveBeenCalledTimes(1);
    expect(onBroken).not.toHaveBeenCalled();
    connection.close();
  });

  it("is broken when an offer cannot be applied", async () => {
    const { connection, onBroken } = receiving();
    await connection.take({ generation: 1, offer: "unreadable", streams: [] });
    expect(onBroken).toHaveBeenCalledTimes(1);
  });
});

describe("the order of codecs", () => {
  it("puts VP8 first and drops none", () => {
    const codecs = ["video/VP9", "video/rtx", "video/VP8", "video/H264"].map((mimeType) => ({
      mimeType,
    }));
    expect(vp8First(codecs).map(({ mimeType }) => mimeType)).toEqual([
      "video/VP8",
      "video/VP9",
      "video/rtx",
      "video/H264",
    ]);
  });
});
