/** What a page's connections have received and sent, summed over all of them. */
export interface Flow {
  connections: number;
  packetsReceived: number;
  packetsSent: number;
  framesDecoded: number;
  /** Largest frame that is being decoded. */
  width: number;
  height: number;
  /** Sum of the energy of all received sound, as in RTCInboundRtpStreamStats. */
  audioEnergy: number;
  /** Received streams whose frames, or whose sound, have come. */
  videos: number;
  sounds: number;
}

/** A page of either browser's driver. */
export interface Evaluates {
  // biome-ignore lint/suspicious/noExplicitAny: two drivers, one shape
  evaluate<R>(body: any, ...rest: any[]): Promise<R>;
}

/** Runs in the page before its own scripts: keeps hold of its connections and sockets. */
export function recordConnections(): void {
  const held = window as unknown as {
    heldConnections: RTCPeerConnection[];
    heldSockets: WebSocket[];
    heldAnswers: { id?: number; type: string }[];
  };
  held.heldConnections = [];
  held.heldSockets = [];
  held.heldAnswers = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      held.heldConnections.push(this);
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      held.heldSockets.push(this);
      this.addEventListener("message", (event) => {
        if (typeof event.data === "string") held.heldAnswers.push(JSON.parse(event.data));
      });
    }
  };
}

/** Runs in the page before its own scripts: cameras give small pictures, which take little to encode. */
export function takeSmallPictures(): void {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => {
    if (typeof wanted?.video !== "object") return open(wanted);
    return open({ ...wanted, video: { ...wanted.video, width: 320, height: 240 } });
  };
}

/** Reads the statistics of all connections a page has made and not closed. */
export function flow(page: Evaluates): Promise<Flow> {
  return page.evaluate(async () => {
    const held = (window as unknown as { heldConnections: RTCPeerConnection[] }).heldConnections;
    const open = held.filter((c) => c.connectionState !== "closed");
    const sum = {
      connections: open.length,
      packetsReceived: 0,
      packetsSent: 0,
      framesDecoded: 0,
      width: 0,
      height: 0,
      audioEnergy: 0,
      videos: 0,
      sounds: 0,
    };
    for (const connection of open) {
      for (const s of (await connection.getStats()).values()) {
        if (s.type === "outbound-rtp") sum.packetsSent += s.packetsSent ?? 0;
        if (s.type !== "inbound-rtp") continue;
        sum.packetsReceived += s.packetsReceived ?? 0;
        if (s.kind === "video") {
          sum.framesDecoded += s.framesDecoded ?? 0;
          sum.width = Math.max(sum.width, s.frameWidth ?? 0);
          sum.height = Math.max(sum.height, s.frameHeight ?? 0);
          if (s.framesDecoded > 0) sum.videos += 1;
        } else {
          sum.audioEnergy += s.totalAudioEnergy ?? 0;
          if (s.totalAudioEnergy > 0) sum.sounds += 1;
        }
      }
    }
    return sum;
  });
}

/** Waits until `wanted` holds for what flows, and returns it; fails with the last reading. */
export async function flowing(
  page: Evaluates,
  what: string,
  wanted: (now: Flow) => boolean,
  withinMs = 20_000,
): Promise<Flow> {
  const until = Date.now() + withinMs;
  for (;;) {
    const now = await flow(page);
    if (wanted(now)) return now;
    if (Date.now() > until) throw new Error(`not so: ${what}: ${JSON.stringify(now)}`);
    await new Promise((tick) => setTimeout(tick, 100));
  }
}

/** Waits until more video is decoded and more sound is heard than just now. */
export async function alive(page: Evaluates, what: string): Promise<Flow> {
  const before = await flow(page);
  return flowing(
    page,
    what,
    (now) =>
      now.framesDecoded > before.framesDecoded + 5 && now.audioEnergy > before.audioEnergy + 1e-5,
  );
}
