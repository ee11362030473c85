import { request } from "node:https";

/** What a server answered. */
export interface Answer {
  status: number;
  /** Read as JSON; `null` when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route gives
  body: any;
  /** `name=value` of the cookie that was set. */
  cookie: string;
}

/** Speaks to a server over HTTPS as a page of its origin would. */
export class Api {
  constructor(
    readonly origin: string,
    private readonly authority?: string,
    private cookie = "",
  ) {}

  get(path: string): Promise<Answer> {
    return this.ask("GET", path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.ask("POST", path, JSON.stringify(body));
  }

  /** The body, or an error that names what was refused. */
  async must(path: string, body: unknown): Promise<Answer["body"]> {
    const answer = await this.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status}`);
    if (answer.cookie) this.cookie = answer.cookie;
    return answer.body;
  }

  private ask(method: string, path: string, body?: string): Promise<Answer> {
    return new Promise((answered, failed) => {
      const asking = request(
        this.origin + path,
        {
          method,
          agent: false,
          timeout: 5_000,
          ca: this.authority,
          rejectUnauthorized: this.authority !== undefined,
          headers: {
            origin: this.origin,
            ...(this.cookie && { cookie: this.cookie }),
            ...(body !== undefined && { "content-type": "application/json" }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part) => parts.push(part));
          response.on("end", () => {
            const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
            const text = Buffer.concat(parts).toString();
            answered({ status: response.statusCode ?? 0, body: parse(text), cookie });
          });
        },
      );
      asking.on("error", failed);
      asking.on("timeout", () => asking.destroy(new Error(`${path} was not answered`)));
      asking.end(body);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
