import {
  type ClientMessage,
  type Identity,
  type OverReason,
  type RefusalCode,
  type Refused,
  type ServerMessage,
  type SessionId,
  VERSION,
} from "../protocol";
import { delayBefore } from "./backoff";
import { DisconnectedError, RefusedError } from "./errors";

/** Where the connection stands. */
export type ConnectionState =
  /** The first try, nothing was ever there. */
  | { is: "connecting" }
  /** Greeted: messages flow. */
  | { is: "open" }
  /** Gone, and being tried again by itself. `attempt` counts from 1. */
  | { is: "lost"; attempt: number; draining: boolean }
  /** The server said there is nothing more to come. */
  | { is: "over"; reason: OverReason }
  /** The server refused the greeting in a way that trying again cannot cure. */
  | { is: "refused"; refused: Refused }
  /** Closed by this page. */
  | { is: "closed" };

/** The part of a `WebSocket` that is used. */
export interface Socket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string): void;
  close(): void;
}

export interface ConnectionOptions {
  session: SessionId;
  /** Opens a socket to the server. */
  open: () => Socket;
  /** Who speaks, proven for the server's `nonce`. */
  identify: (nonce: string) => Promise<Identity>;
  /** Every message after the greeting, in order. */
  onMessage: (message: ServerMessage) => void;
  onState: (state: ConnectionState) => void;
  /** In [0, 1). */
  random?: () => number;
}

/** Milliseconds. */
const PING_EVERY = 5_000;
const SILENT_AFTER = 12_000;
const GREETED_WITHIN = 10_000;
const ANSWERED_WITHIN = 5_000;
const LATE = 2_000;

/** Refusals of the greeting that a later try can turn around. */
const PASSING: ReadonlySet<RefusalCode> = new Set([
  "slow_down",
  "no_relay",
  "not_recorded",
  "fault",
]);

interface Asked {
  resolve: (answer: ServerMessage) => void;
  reject: (error: Error) => void;
}

/**
 * One WebSocket to the session, kept alive and brought back by itself until the session is over.
 * Requests are paired with their answers; a request whose connection is lost is rejected.
 */
export class Connection {
  private readonly options: ConnectionOptions;
  private socket: Socket | null = null;
  private current: ConnectionState = { is: "connecting" };
  private asked = new Map<number, Asked>();
  private lastId = 0;
  private attempt = 0;
  private draining = false;
  private hello: number | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds to add to this machine's clock to have the server's. */
  private clockOffset = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** The server's clock, milliseconds since 1970. */
  now(): number {
    return Date.now() + this.clockOffset;
  }

  start(): void {
    this.connect();
  }

  /** Does not wait for the next try. */
  tryNow(): void {
    if (this.current.is !== "lost" || this.socket) return;
    clearTimeout(this.retryTimer);
    this.connect();
  }

  /** Drops the socket and greets the server anew. */
  reconnect(): void {
    if (this.current.is === "open") this.lose();
  }

  /** Ends the connection from this side, without a word to the server. */
  close(): void {
    if (this.final) return;
    this.finish({ is: "closed" });
  }

  /**
   * Sends a message and waits for its answer: `Done`, `Published`, `Appended` or `Pong`.
   *
   * @throws {RefusedError} the server refused it.
   * @throws {DisconnectedError} there is no connection, or it went meanwhile.
   */
  request(message: ClientMessage): Promise<ServerMessage> {
    if (this.current.is !== "open") return Promise.reject(new DisconnectedError());
    return this.ask(message);
  }

  /**
   * Sends a message that is never answered, if there is a connection: a stroke of a board.
   */
  hint(message: ClientMessage): void {
    if (this.current.is !== "open") return;
    this.socket?.send(JSON.stringify({ id: ++this.lastId, message }));
  }

  private get final(): boolean {
    return (
      this.current.is === "over" || this.current.is === "refused" || this.current.is === "closed"
    );
  }

  private ask(message: ClientMessage): Promise<ServerMessage> {
    const { socket } = this;
    if (!socket) return Promise.reject(new DisconnectedError());
    const id = ++this.lastId;
    if (message.type === "hello") this.hello = id;
    const answer = new Promise<ServerMessage>((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
    });
    socket.send(JSON.stringify({ id, message }));
    return answer;
  }

  private connect(): void {
    const socket = this.options.open();
    this.socket = socket;
    this.expectWithin(GREETED_WITHIN);
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      const message = parse(data);
      if (message) this.receive(message);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
  }

  private receive(message: ServerMessage): void {
    this.expectWithin(this.current.is === "open" ? SILENT_AFTER : GREETED_WITHIN);
    switch (message.type) {
      case "challenge":
        this.clockOffset = message.now - Date.now();
        void this.greet(message.nonce);
        return;
      case "done":
      case "published":
      case "appended":
      case "pong":
        this.answered(message.id)?.resolve(message);
        if (message.id === this.hello) this.greeted();
        return;
      case "refused":
        if (message.id === this.hello) this.refuse(message.refused);
        else this.answered(message.id)?.reject(new RefusedError(message.refused));
        return;
      case "draining":
        this.draining = true;
        return;
      case "over":
        this.finish({ is: "over", reason: message.reason });
        return;
      case "waiting":
      case "room":
        this.greeted();
        break;
    }
    this.options.onMessage(message);
  }

  private async greet(nonce: string): Promise<void> {
    const { socket } = this;
    try {
      const identity = await this.options.identify(nonce);
      if (this.socket !== socket) return;
      await this.ask({ type: "hello", version: VERSION, session: this.options.session, identity });
    } catch {
      // A greeting that cannot be made or is not answered ends like any silent socket.
    }
  }

  private greeted(): void {
    if (this.current.is === "open") return;
    this.attempt = 0;
    this.draining = false;
    this.enter({ is: "open" });
    this.expectWithin(SILENT_AFTER);
    this.pingTimer = setInterval(() => {
      this.ask({ type: "ping" }).catch(() => {});
    }, PING_EVERY);
  }

  private refuse(refused: Refused): void {
    if (PASSING.has(refused.code)) {
      this.lose((refused.retry_after ?? 0) * 1_000);
      return;
    }
    this.finish({ is: "refused", refused });
  }

  private answered(id: number): Asked | undefined {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    return asked;
  }

  private lose(atLeast = 0): void {
    this.drop();
    if (this.final) return;
    this.attempt += 1;
    this.enter({ is: "lost", attempt: this.attempt, draining: this.draining });
    const wait = delayBefore(this.attempt, (this.options.random ?? Math.random)());
    this.retryTimer = setTimeout(() => this.connect(), Math.max(wait, atLeast));
  }

  private finish(state: ConnectionState): void {
    this.enter(state);
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.retryTimer);
    clearInterval(this.pingTimer);
    clearTimeout(this.silenceTimer);
    const { socket, asked } = this;
    this.socket = null;
    this.hello = null;
    this.asked = new Map();
    socket?.close();
    for (const { reject } of asked.values()) reject(new DisconnectedError());
  }

  private expectWithin(milliseconds: number): void {
    clearTimeout(this.silenceTimer);
    const due = Date.now() + milliseconds;
    this.silenceTimer = setTimeout(() => {
      // The timer of a page that slept or is hidden comes late and says nothing about the server.
      if (this.current.is === "open" && Date.now() - due > LATE) this.probe();
      else this.lose();
    }, milliseconds);
  }

  private probe(): void {
    this.ask({ type: "ping" }).catch(() => {});
    this.silenceTimer = setTimeout(() => this.lose(), ANSWERED_WITHIN);
  }

  private enter(state: ConnectionState): void {
    this.current = state;
    this.options.onState(state);
  }
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data) as ServerMessage;
  } catch {
    return null;
  }
}
