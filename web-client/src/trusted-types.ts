/** Where the build puts every script. */
const SCRIPTS = "/assets/";

interface Factory {
  createPolicy(
    name: "default",
    rules: { createScriptURL: (url: string) => string | null },
  ): unknown;
}

/**
 * Lets this page start scripts of its own origin and no others. The content security policy forbids
 * that strings become markup, code or the address of a script (Trusted Types); this is the one
 * exception, needed to start workers. Browsers without Trusted Types have the rest of that policy.
 */
export function allowOwnScripts(): void {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  factory?.createPolicy("default", { createScriptURL: ownScript });
}

/** `null` refuses. */
export function ownScript(url: string): string | null {
  const { origin, pathname } = new URL(url, location.href);
  return origin === location.origin && pathname.startsWith(SCRIPTS) ? url : null;
}
