import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientMessage, type Identity, type ServerMessage, VERSION } from "../protocol";
import { Connection, type ConnectionState, type Socket } from "./connection";
import { DisconnectedError, RefusedError } from "./errors";

class FakeSocket implements Socket {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: Array<{ id: number; message: ClientMessage }> = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  last(): { id: number; message: ClientMessage } {
    const last = this.sent.at(-1);
    if (!last) throw new Error("nothing was sent");
    return last;
  }
}

const challenge: ServerMessage = { type: "challenge", version: 1, nonce: "n", now: 1_000_000 };
const waiting: ServerMessage = {
  type: "waiting",
  waiting: {
    device: "d",
    clinician: "Maya",
    clinician_here: false,
    starts_at: 0,
    since: 0,
    missing: [],
  },
};

function setUp(
  identify: (nonce: string) => Promise<Identity> = async () => ({ as: "staff", device: null }),
) {
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const messages: ServerMessage[] = [];
  const connection = new Connection({
    session: "s",
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    identify,
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
    random: () => 0,
  });
  const socket = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  const greet = async (): Promise<void> => {
    socket().say(challenge);
    await vi.advanceTimersByTimeAsync(0);
    socket().say(waiting);
  };
  return { connection, sockets, states, messages, socket, greet };
}

describe("Connection", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("proves who it is for the server's nonce, then passes messages on", async () => {
    const identify = vi.fn(
      async (): Promise<Identity> => ({ as: "guest", device: "d", signature: "x" }),
    );
    const { connection, socket, states, messages, greet } = setUp(identify);
    connection.start();
    await greet();
    expect(identify).toHaveBeenCalledWith("n");
    expect(socket().last().message).toEqual({
      type: "hello",
      version: VERSION,
      session: "s",
      identity: { as: "guest", device: "d", signature: "x" },
    });
    expect(states).toEqual([{ is: "open" }]);
    expect(messages).toEqual([waiting]);
  });

  it("follows the server's clock", async () => {
    vi.setSystemTime(400_000);
    const { connection, greet } = setUp();
    connection.start();
    await greet();
    expect(connection.now()).toBe(1_000_000);
  });

  it("pairs answers with requests, in any order", async () => {
    const { connection, socket, greet } = setUp();
    connection.start();
    await greet();
    const first = connection.request({ type: "leave" });
    const second = connection.request({ type: "publish", offer: "o", sources: [] });
    const [leave, publish] = socket().sent.slice(-2);
    socket().say({ type: "published", id: publish?.id ?? 0, answer: "a" });
    socket().say({ type: "done", id: leave?.id ?? 0 });
    expect(await first).toMatchObject({ type: "done" });
    expect(await second).toMatchObject({ type: "published", answer: "a" });
  });

  it("gives back the number of what was appended", async () => {
    const { connection, socket, greet } = setUp();
    connection.start();
    await greet();
    const request = connection.request({ type: "board_append", board: 1, entry: "ZQ" });
    socket().say({ type: "appended", id: socket().last().id, seq: 7 });
    expect(await request).toMatchObject({ type: "appended", seq: 7 });
  });

  it("sends a hint with a number of its own, and only over an open connection", async () => {
    const { connection, socket, greet } = setUp();
    const stroke = { type: "board_stroke", board: 1, stroke: "cw" } as const;
    connection.start();
    connection.hint(stroke);
    expect(socket().sent).toEqual([]);
    await greet();
    const before = socket().last().id;
    connection.hint(stroke);
    expect(socket().last()).toEqual({ id: before + 1, message: stroke });
  });

  it("rejects with the server's refusal", async () => {
    const { connection, socket, greet } = setUp();
    connection.start();
    await greet();
    const request = connection.request({ type: "end" });
    const refused = { code: "not_allowed", reason: "no", retry_after: null } as const;
    socket().say({ type: "refused", id: socket().last().id, refused });
    await expect(request).rejects.toBeInstanceOf(RefusedError);
    await expect(request).rejects.toMatchObject({ code: "not_allowed" });
  });

  it("pings every 5 s and stays open while answered", async () => {
    const { connection, socket, states, greet } = setUp();
    connection.start();
    await greet();
    for (let ping = 0; ping < 6; ping += 1) {
      await vi.advanceTimersByTimeAsync(5_000);
      expect(socket().last().message.type).toBe("ping");
      socket().say({ type: "pong", id: socket().last().id });
    }
    expect(states).toEqual([{ is: "open" }]);
  });

  it("takes 12 s of silence for a loss and comes back as the same", async () => {
    const { connection, sockets, states, greet } = setUp();
    connection.start();
    await greet();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(sockets[0]?.closed).toBe(true);
    expect(states.at(-1)).toEqual({ is: "lost", attempt: 1, draining: false });
    await vi.advanceTimersByTimeAsync(200);
    expect(sockets).toHaveLength(2);
    await greet();
    expect(states.at(-1)).toEqual({ is: "open" });
  });

  it("asks the server before it takes its own long sleep for silence", async () => {
    const { connection, socket, states, greet } = setUp();
    connection.start();
    await greet();
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(states).toEqual([{ is: "open" }]);
    socket().say({ type: "pong", id: socket().last().id });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(states).toEqual([{ is: "open" }]);
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(states.at(-1)).toMatchObject({ is: "lost" });
  });

  it("rejects what was asked when the connection goes, and what is asked meanwhile", async () => {
    const { connection, socket, greet } = setUp();
    connection.start();
    await greet();
    const before = connection.request({ type: "leave" });
    socket().onclose?.();
    await expect(before).rejects.toBeInstanceOf(DisconnectedError);
    await expect(connection.request({ type: "leave" })).rejects.toBeInstanceOf(DisconnectedError);
  });

  it("counts the tries, waits longer each time, and starts over once it was open", async () => {
    const { connection, sockets, states, socket, greet } = setUp();
    connection.start();
    await greet();
    for (const wait of [200, 400, 800, 1_600, 3_200, 4_000, 4_000]) {
      socket().onclose?.();
      const opened = sockets.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(sockets).toHaveLength(opened);
      await vi.advanceTimersByTimeAsync(1);
      expect(sockets).toHaveLength(opened + 1);
    }
    expect(states.at(-1)).toMatchObject({ is: "lost", attempt: 7 });
    await greet();
    socket().onclose?.();
    expect(states.at(-1)).toMatchObject({ is: "lost", attempt: 1 });
  });

  it("tries at once when told to, without a second socket later", async () => {
    const { connection, sockets, socket, greet } = setUp();
    connection.start();
    await greet();
    socket().onclose?.();
    connection.tryNow();
    connection.tryNow();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sockets).toHaveLength(2);
  });

  it("never comes back after the session is over", async () => {
    const { connection, sockets, states, socket, greet } = setUp();
    connection.start();
    await greet();
    socket().say({ type: "over", reason: "ended" });
    socket().onclose?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(states.at(-1)).toEqual({ is: "over", reason: "ended" });
  });

  it("gives up on a refusal that lasts and waits out one that passes", async () => {
    const lasting = setUp();
    lasting.connection.start();
    lasting.socket().say(challenge);
    await vi.advanceTimersByTimeAsync(0);
    const notFound = { code: "not_found", reason: "", retry_after: null } as const;
    lasting.socket().say({ type: "refused", id: lasting.socket().last().id, refused: notFound });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lasting.states.at(-1)).toEqual({ is: "refused", refused: notFound });
    expect(lasting.sockets).toHaveLength(1);

    const passing = setUp();
    passing.connection.start();
    passing.socket().say(challenge);
    await vi.advanceTimersByTimeAsync(0);
    const slowDown = { code: "slow_down", reason: "", retry_after: 3 } as const;
    passing.socket().say({ type: "refused", id: passing.socket().last().id, refused: slowDown });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(passing.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(passing.sockets).toHaveLength(2);
  });

  it("says that the server goes down on purpose", async () => {
    const { connection, states, socket, greet } = setUp();
    connection.start();
    await greet();
    socket().say({ type: "draining" });
    socket().onclose?.();
    expect(states.at(-1)).toEqual({ is: "lost", attempt: 1, draining: true });
  });

  it("gives a socket that is never greeted 10 s", async () => {
    const { connection, sockets } = setUp();
    connection.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sockets[0]?.closed).toBe(true);
  });

  it("ignores what an old socket still says", async () => {
    const { connection, sockets, messages, socket, greet } = setUp();
    connection.start();
    await greet();
    const old = socket();
    old.onclose?.();
    connection.tryNow();
    await greet();
    const count = messages.length;
    old.say(waiting);
    old.onclose?.();
    expect(messages).toHaveLength(count);
    expect(sockets).toHaveLength(2);
  });
});
