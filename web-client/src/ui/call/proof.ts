import type { Proof } from "../../crypto/reconcile";
import { safetyWords as words } from "./safety-words";

/**
 * Why someone cannot be let in yet, in words; `null` when they can. `ready`: this device holds the keys of
 * the call.
 */
export function proofProblem(proof: Proof, ready: boolean): string | null {
  if (proof === "forged") return words.proofForged;
  if (!ready) return words.notReady;
  return proof === "pending" ? words.proofWait : null;
}
