/** What to do about a peer connection that does not carry media. */
export type Remedy =
  /** New ICE credentials on the same connection. */
  | "restart"
  /** A new connection. */
  | "rebuild";

/** Milliseconds. */
const HOPEFUL = 2_500;
const RESTART_EVERY = 4_000;
const CONNECT_WITHIN = 12_000;
const RESTARTS = 3;

/**
 * Watches the state of one peer connection and says what to do: first ICE restarts, then a new
 * connection. A short interruption is left to heal.
 */
export class Recovery {
  private readonly act: (remedy: Remedy) => void;
  private restarts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private connected = false;

  constructor(act: (remedy: Remedy) => void) {
    this.act = act;
  }

  /** Called with every new state of the connection. */
  observe(state: RTCPeerConnectionState): void {
    switch (state) {
      case "new":
      case "connecting":
        if (!this.connected) this.after(CONNECT_WITHIN, () => this.act("rebuild"));
        return;
      case "connected":
        this.connected = true;
        this.restarts = 0;
        clearTimeout(this.timer);
        return;
      case "disconnected":
        this.after(HOPEFUL, () => this.restart());
        return;
      case "failed":
        this.restart();
        return;
      case "closed":
        clearTimeout(this.timer);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private restart(): void {
    if (!this.connected || this.restarts >= RESTARTS) {
      clearTimeout(this.timer);
      this.act("rebuild");
      return;
    }
    this.restarts += 1;
    this.after(RESTART_EVERY, () => this.restart());
    this.act("restart");
  }

  private after(milliseconds: number, act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, milliseconds);
  }
}
