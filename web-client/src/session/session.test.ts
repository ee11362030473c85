import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Socket } from "../connection/connection";
import { MemoryStore } from "../crypto/bench/clinic";
import { Frames } from "../crypto/frames/frames";
import { makeIdentity } from "../crypto/identity";
import { LocalMedia } from "../media/local";
import type { ClientMessage, Present, Room, ServerMessage, Waiting } from "../protocol";
import { Session } from "./session";

/** Counts what a page does with peer connections, and connects none. */
class FakePeer {
  static made: FakePeer[] = [];
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  closed = false;

  configurations: RTCConfiguration[];

  constructor(configuration: RTCConfiguration) {
    this.configurations = [configuration];
    FakePeer.made.push(this);
  }
  setConfiguration(configuration: RTCConfiguration) {
    this.configurations.push(configuration);
  }
  addTransceiver() {
    const sender = { track: null, replaceTrack: async () => {} };
    return { mid: "0", direction: "sendonly", sender, setCodecPreferences: () => {} };
  }
  getTransceivers() {
    return [];
  }
  async createOffer() {
    return { type: "offer", sdp: "offer" };
  }
  async createAnswer() {
    return { type: "answer", sdp: "answer" };
  }
  async setLocalDescription(description: { sdp: string }) {
    this.localDescription = description;
  }
  async setRemoteDescription() {}
  async getStats() {
    return new Map();
  }
  close() {
    this.closed = true;
  }
}

const waiting: Waiting = {
  device: "me",
  clinician: "Maya",
  clinician_here: true,
  starts_at: 0,
  since: 0,
  missing: [],
};

const { identity } = await makeIdentity();

const me: Present = {
  device: "me",
  participant: "seat",
  name: "Maya",
  role: "clinician",
  media: { microphone: false, camera: false, screen: false },
  connection: "here",
};

const room: Room = {
  session: "s",
  kind: "individual",
  state: "live",
  starts_at: 0,
  ends_at: 1,
  live_since: 0,
  you: "me",
  present: [me],
  chat: true,
  boards: { open: 0, shown: null, drawers: "everyone", may_draw: true },
};

function setUp() {
  const sockets: Array<Socket & { sent: Array<{ id: number; message: ClientMessage }> }> = [];
  const local = new LocalMedia({
    openMicrophone: () => Promise.reject(new DOMException("", "NotFoundError")),
    openCamera: () => Promise.reject(new DOMException("", "NotFoundError")),
    openScreen: () => Promise.reject(new DOMException("", "NotFoundError")),
    listDevices: async () => ({ microphones: [], cameras: [] }),
    onDeviceChange: () => () => {},
  });
  const session = new Session({
    session: "s",
    local,
    frames: new Frames(() => ({ postMessage() {}, terminate() {} }) as unknown as Worker),
    open: () => {
      const socket = {
        onmessage: null,
        onclose: null,
        sent: [] as Array<{ id: number; message: ClientMessage }>,
        send: (data: string) => void socket.sent.push(JSON.parse(data)),
        close: () => {},
      };
      sockets.push(socket);
      return socket;
    },
    identify: async () => ({ as: "staff", device: null }),
    by: { as: "staff", identity, seats: async () => [] },
    who: null,
    store: new MemoryStore(),
  });
  session.start();
  const socket = () => {
    const last = sockets.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  };
  const say = (message: ServerMessage) => socket().onmessage?.({ data: JSON.stringify(message) });
  const sent = (type: ClientMessage["type"]) =>
    socket().sent.filter(({ message }) => message.type === type);
  const greet = async (first: ServerMessage) => {
    say({ type: "challenge", version: 1, nonce: "n", now: 0 });
    await vi.advanceTimersByTimeAsync(0);
    say(first);
    await vi.advanceTimersByTimeAsync(0);
  };
  /** Waits for a message and says that it was done. */
  const doing = async (type: ClientMessage["type"]) => {
    const asked = () => sent(type).at(-1);
    await vi.waitFor(() => expect(asked()).toBeDefined());
    say({ type: "done", id: asked()?.id ?? 0 });
  };
  /** The host comes in, alone: the group is begun. */
  const comeIn = async () => {
    await greet({ type: "room", room });
    await doing("catch_up");
    await doing("start_group");
    const at = { scope: "session", group: 1, epoch: 0 } as const;
    const delivery = { seq: 1, from: "me", at, what: { type: "started" as const } };
    say({ type: "delivery", delivery });
    await vi.waitFor(() => expect(session.secure.security.value.is).toBe("secure"));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { session, sockets, socket, say, sent, greet, comeIn };
}

describe("a person's part in a session", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakePeer.made = [];
    vi.stubGlobal("RTCPeerConnection", FakePeer);
    vi.stubGlobal("RTCRtpScriptTransform", class {});
    vi.stubGlobal("RTCRtpReceiver", { getCapabilities: () => null });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("makes no peer connection while it waits, whatever comes", async () => {
    const { session, say, sent, greet } = setUp();
    await greet({ type: "waiting", waiting });
    say({ type: "offer", generation: 1, offer: "o", streams: [] });
    say({ type: "relay_restarted" });
    session.show([]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(FakePeer.made).toHaveLength(0);
    expect([...sent("publish"), ...sent("answer"), ...sent("media")]).toEqual([]);
  });

  it("makes none before there are keys, and shows nobody", async () => {
    const { session, say, sent, greet } = setUp();
    await greet({ type: "room", room });
    say({ type: "offer", generation: 1, offer: "o", streams: [] });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(FakePeer.made).toHaveLength(0);
    expect(sent("publish")).toEqual([]);
    expect(session.view.value.room).toBeNull();
  });

  it("shows only those who are in the group", async () => {
    const { session, say, comeIn } = setUp();
    await comeIn();
    say({ type: "room", room: { ...room, present: [me, { ...me, device: "ghost" }] } });
    expect(session.view.value.room?.present.map(({ device }) => device)).toEqual(["me"]);
  });

  it("takes up an offer that came before the keys", async () => {
    const { say, sent, comeIn } = setUp();
    say({ type: "offer", generation: 3, offer: "o", streams: [] });
    await comeIn();
    await vi.waitFor(() => expect(sent("answer")[0]?.message).toMatchObject({ generation: 3 }));
  });

  it("publishes once it is let in, and says what is on", async () => {
    const { say, sent, comeIn } = setUp();
    await comeIn();
    say({ type: "room", room });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent("publish")).toHaveLength(1);
    expect(sent("media")[0]?.message).toEqual({
      type: "media",
      state: { microphone: false, camera: false, screen: false },
    });
  });

  it("gives both connections the ways to the relay, in their order, and new ones when they come", async () => {
    const { say, comeIn } = setUp();
    const server = (port: number) => ({
      urls: [
        `turn:h:${port}?transport=udp`,
        "turn:h:443?transport=tcp",
        "turns:h:443?transport=tcp",
      ],
      username: "u",
      credential: "c",
    });
    say({ type: "ways", ice_servers: [server(1)] });
    expect(FakePeer.made).toHaveLength(0);
    await comeIn();
    say({ type: "offer", generation: 1, offer: "o", streams: [] });
    await vi.advanceTimersByTimeAsync(0);
    say({ type: "ways", ice_servers: [server(2)] });
    expect(FakePeer.made).toHaveLength(2);
    for (const { configurations } of FakePeer.made) {
      expect(configurations.map(({ iceServers }) => iceServers)).toEqual([
        [server(1)],
        [server(2)],
      ]);
      expect(configurations.every((it) => it.iceTransportPolicy === "all")).toBe(true);
    }
  });

  it("answers an offer with its generation", async () => {
    const { say, sent, comeIn } = setUp();
    await comeIn();
    say({ type: "offer", generation: 7, offer: "o", streams: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent("answer")[0]?.message).toEqual({
      type: "answer",
      generation: 7,
      answer: "answer",
    });
  });

  it("builds its peer connections anew after a loss and when the relay is new", async () => {
    const { socket, say, sent, greet, comeIn } = setUp();
    await comeIn();
    const [first] = FakePeer.made;
    socket().onclose?.();
    await vi.advanceTimersByTimeAsync(500);
    await greet({ type: "room", room });
    expect(first?.closed).toBe(true);
    expect(sent("publish")).toHaveLength(1);
    say({ type: "relay_restarted" });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent("publish")).toHaveLength(2);
  });

  it("publishes again by itself when the relay was not there", async () => {
    const { say, sent, sockets, comeIn } = setUp();
    await comeIn();
    const id = sent("publish")[0]?.id ?? 0;
    say({ type: "refused", id, refused: { code: "no_relay", reason: "", retry_after: 1 } });
    await vi.advanceTimersByTimeAsync(2_500);
    expect(sent("publish")).toHaveLength(2);
    expect(sockets).toHaveLength(1);
  });

  it("stops all media when it is over, and never comes back", async () => {
    const { session, say, sockets, comeIn } = setUp();
    await comeIn();
    say({ type: "offer", generation: 1, offer: "o", streams: [] });
    say({ type: "over", reason: "removed" });
    expect(session.over.value).toBe("removed");
    expect(FakePeer.made.every(({ closed }) => closed)).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it("leaves for good", async () => {
    const { session, say, sent, comeIn } = setUp();
    await comeIn();
    const leaving = session.leave();
    const [last] = sent("leave");
    expect(last).toBeDefined();
    say({ type: "done", id: last?.id ?? 0 });
    await leaving;
    expect(session.over.value).toBe("left");
    expect(FakePeer.made.every(({ closed }) => closed)).toBe(true);
  });
});
