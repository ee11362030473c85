/** Why a camera or microphone cannot be used, for words to explain. */
export type Trouble =
  /** The person or the system said no. */
  | "denied"
  /** There is none. */
  | "missing"
  /** Another program has it. */
  | "busy"
  /** This browser or page cannot ask for it at all. */
  | "unsupported"
  | "unknown";

/** What a rejected `getUserMedia` or `getDisplayMedia` means (W3C Media Capture, section 10.2). */
export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported";
    default:
      return "unknown";
  }
}
