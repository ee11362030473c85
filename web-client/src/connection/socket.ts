import type { Socket } from "./connection";

/** Opens the WebSocket of this page's own server. */
export function openSocket(): Socket {
  const { protocol, host } = location;
  const socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/api/v1/ws`);
  return {
    set onmessage(act: ((event: { data: unknown }) => void) | null) {
      socket.onmessage = act;
    },
    set onclose(act: (() => void) | null) {
      socket.onclose = act;
    },
    send(data: string) {
      // What is sent to a closing socket is lost; its end is reported by itself.
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    close() {
      socket.close();
    },
  };
}
