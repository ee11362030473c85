import type { RefusalCode, Refused } from "./protocol";

/** A request was refused, or never answered. Nothing was changed. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** `offline`: no answer came. */
    readonly code: RefusalCode | "offline",
    /** Seconds after which trying again can help. */
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }
}

/** Called whenever the server says that nobody is signed in. */
let onSignedOut: () => void = () => {};

export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** `GET path`, answered as JSON of type `A`. */
export function get<A>(path: string, signal?: AbortSignal): Promise<A> {
  return send<A>("GET", path, undefined, signal);
}

/** `POST path` with a JSON body; without one, an empty object. */
export function post<A = void>(path: string, body: unknown = {}): Promise<A> {
  return send<A>("POST", path, body);
}

export function put<A>(path: string, body: unknown): Promise<A> {
  return send<A>("PUT", path, body);
}

async function send<A>(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<A> {
  const answer = await request(method, path, body, signal);
  if (answer.ok) return parse<A>(answer);
  const refused = await refusal(answer);
  if (refused.code === "not_signed_in") onSignedOut();
  throw new ApiError(refused.code, refused.retry_after);
}

async function request(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      ...(signal ? { signal } : {}),
      ...(body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("offline");
  }
}

async function parse<A>(answer: Response): Promise<A> {
  const text = await answer.text();
  if (text === "") return undefined as A;
  try {
    return JSON.parse(text) as A;
  } catch {
    throw new ApiError("fault");
  }
}

/** What a proxy in between says is not JSON: it counts as a fault. */
async function refusal(answer: Response): Promise<Refused> {
  try {
    const refused = (await answer.json()) as Partial<Refused>;
    if (typeof refused.code === "string") {
      return {
        code: refused.code,
        reason: refused.reason ?? "",
        retry_after: refused.retry_after ?? null,
      };
    }
  } catch {
    // Not JSON.
  }
  return { code: answer.status === 401 ? "not_signed_in" : "fault", reason: "", retry_after: null };
}
