import type { Page, WebSocketRoute } from "playwright-core";
import type { ServerMessage } from "../../../web-client/src/protocol";

/** A message of the socket, as far as one who stands between reads it. */
export type ToPage = ServerMessage & { id?: number };
export interface ToServer {
  id: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the page says
  message: any;
}

/** Someone between a page and its server, who can read and change all they say to each other. */
export interface Between {
  /** What reaches the page in place of a message of the server. */
  toPage: (message: ToPage) => ToPage[];
  /** What reaches the server in place of a message of the page. */
  toServer: (message: ToServer) => ToServer[];
  /** Says something to the page that the server did not say. */
  inject(message: ToPage): void;
  /** All that the server said so far. */
  readonly heard: readonly ToPage[];
}

/** Stands between a page of Chromium and its server, from its next connection on. */
export async function standBetween(page: Page): Promise<Between> {
  const heard: ToPage[] = [];
  let route: WebSocketRoute | null = null;
  const between: Between = {
    toPage: (message) => [message],
    toServer: (message) => [message],
    inject: (message) => route?.send(JSON.stringify(message)),
    heard,
  };
  await page.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
    route = socket;
    const server = socket.connectToServer();
    server.onMessage((data) => {
      const message = JSON.parse(String(data)) as ToPage;
      heard.push(message);
      for (const changed of between.toPage(message)) socket.send(JSON.stringify(changed));
    });
    socket.onMessage((data) => {
      const message = JSON.parse(String(data)) as ToServer;
      for (const changed of between.toServer(message)) server.send(JSON.stringify(changed));
    });
  });
  return between;
}
