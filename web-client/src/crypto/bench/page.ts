import { DisconnectedError } from "../../connection/errors";
import type { ClientMessage, DeviceId, GroupEpoch, ServerMessage } from "../../protocol";
import type { GroupStore } from "../group-store";
import { SecureRoom, type SecureRoomOptions } from "../room";
import { SESSION, type Server, type Standing } from "./server";

/** A tab: a room, its connection, and what its frames were told. */
export class Page {
  readonly room: SecureRoom;
  readonly told: string[] = [];
  readonly who: { device: DeviceId; participant: string; name: string };
  private readonly server: Server;
  private connected = false;
  private readonly inbox: ServerMessage[] = [];
  private closed = false;

  constructor(server: Server, standing: Standing, by: SecureRoomOptions["by"], store: GroupStore) {
    const { device, participant, name } = standing;
    this.who = { device, participant, name };
    this.server = server;
    this.room = new SecureRoom({
      session: SESSION,
      by,
      store,
      gone: async (device) => server.frozen.has(device),
      request: (message) => this.request(message),
      frames: {
        keys: ({ group, epoch }) => void this.told.push(`keys ${group}.${epoch}`),
        sendWith: ({ group, epoch }, leaf) =>
          void this.told.push(`send ${group}.${epoch} as ${leaf}`),
        forgetBefore: () => {},
      },
    });
  }

  connect(): void {
    this.connected = true;
    this.server.connect(this);
  }

  /** The connection goes; the page stays. */
  lose(): void {
    this.connected = false;
    this.room.lose();
    this.server.disconnect(this.who.device);
  }

  /** The tab is gone, as at a reload. */
  close(): void {
    this.closed = true;
    this.connected = false;
    this.room.stop(null);
    this.server.disconnect(this.who.device);
  }

  /** The tab is gone, and the server has not noticed. */
  freeze(): void {
    this.server.frozen.add(this.who.device);
    this.closed = true;
    this.room.stop(null);
  }

  receive(message: ServerMessage): void {
    if (this.closed) return;
    this.inbox.push(message);
    if (this.inbox.length === 1) setTimeout(() => this.read());
  }

  get members(): string[] {
    const security = this.room.security.value;
    if (security.is !== "secure") return [];
    return security.members.map(({ device }) => device).sort();
  }

  get code(): string {
    const security = this.room.security.value;
    return security.is === "secure" ? security.code : security.is;
  }

  get at(): GroupEpoch | null {
    const security = this.room.security.value;
    return security.is === "secure" ? security.at : null;
  }

  /** What this page holds unread arrives. */
  private read(): void {
    for (const message of this.inbox.splice(0)) {
      if (this.closed || !this.connected) return;
      if (message.type === "waiting" || message.type === "room") this.room.greet(this.who);
      this.room.receive(structuredClone(message));
    }
  }

  private request(message: ClientMessage): Promise<ServerMessage> {
    if (!this.connected) return Promise.reject(new DisconnectedError());
    return new Promise((resolve, reject) => {
      // What was sent reaches the server even when the tab closes meanwhile.
      setTimeout(() => {
        try {
          this.server.request(this.who.device, structuredClone(message));
        } catch (error) {
          setTimeout(() => reject(error as Error));
          return;
        }
        // After the deliveries that were sent before it.
        setTimeout(() => {
          if (this.closed) return;
          if (!this.connected) reject(new DisconnectedError());
          else resolve({ type: "done", id: 0 });
        });
      });
    });
  }
}
