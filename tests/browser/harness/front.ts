import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { extname, join } from "node:path";

/**
 * Stands before a demo server and serves another build of the web client in place of the server's own;
 * everything else is passed on as it is. The server itself never has the other build.
 */
export interface Front {
  origin: string;
  /** An address of the server, as browsers reach it through the front. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** `server` is its origin, `client` the folder of the build. */
export async function startFront(server: string, client: string): Promise<Front> {
  const page = readFileSync(join(client, "index.html"), "utf8");
  const behind = new URL(server);
  const open = new Set<Socket>();
  let origin = "";

  const ask = (incoming: IncomingMessage) =>
    request({
      host: behind.hostname,
      port: behind.port,
      method: incoming.method,
      path: incoming.url,
      headers: asIfDirect(incoming.headers, server),
    });

  const front = createServer((incoming, outgoing) => {
    const asset = assetAt(client, incoming.url ?? "");
    const asked = ask(incoming);
    asked.on("response", (answer) => {
      const headers = {
        ...answer.headers,
        "content-security-policy": policy(answer.headers, page, server, origin),
      };
      if (asset || isPage(answer)) {
        answer.resume();
        const body = asset?.bytes ?? page.replace("<html", "<html data-demo");
        const type = asset?.type ?? "text/html; charset=utf-8";
        const length = Buffer.byteLength(body);
        outgoing
          .writeHead(200, { ...headers, "content-type": type, "content-length": length })
          .end(body);
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(outgoing);
    });
    asked.on("error", () => outgoing.destroy());
    incoming.pipe(asked);
  });
  front.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const asked = ask(incoming);
    asked.on("upgrade", (answer, other, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) other.write(head);
      other.pipe(socket).pipe(other);
      for (const [one, two] of [
        [other, socket],
        [socket, other],
      ] as const) {
        one.on("error", () => two.destroy());
        one.on("close", () => two.destroy());
      }
    });
    asked.on("response", () => socket.destroy());
    asked.on("error", () => socket.destroy());
    asked.end();
  });
  front.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((listening) => front.listen(0, "127.0.0.1", listening));
  origin = `http://localhost:${(front.address() as AddressInfo).port}`;
  return {
    origin,
    through: (url) => url.replace(server, origin),
    stop() {
      for (const socket of open) socket.destroy();
      return new Promise((closed) => front.close(() => closed()));
    },
  };
}

/** What the server would be asked without the front: by its own name, from its own origin. */
function asIfDirect(headers: IncomingHttpHeaders, server: string): IncomingHttpHeaders {
  const asked = { ...headers, host: new URL(server).host };
  return headers.origin ? { ...asked, origin: server } : asked;
}

function isPage(answer: IncomingMessage): boolean {
  return answer.statusCode === 200 && (answer.headers["content-type"] ?? "").includes("text/html");
}

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

function assetAt(client: string, url: string): { bytes: Buffer; type: string } | null {
  const { pathname } = new URL(url, "http://front");
  const file = join(client, pathname);
  if (!pathname.startsWith("/assets/") || !existsSync(file)) return null;
  return { bytes: readFileSync(file), type: TYPES[extname(file)] ?? "application/octet-stream" };
}

/** The server's own policy, with the import map of the other page and the front's sockets. */
function policy(headers: IncomingHttpHeaders, page: string, server: string, front: string): string {
  const map = page.match(/<script type="importmap">(.*?)<\/script>/)?.[1] ?? "";
  const hash = createHash("sha256").update(map).digest("base64");
  return String(headers["content-security-policy"] ?? "")
    .replace(/'sha256-[^']+'/, `'sha256-${hash}'`)
    .replaceAll(server.replace("http", "ws"), front.replace("http", "ws"));
}
