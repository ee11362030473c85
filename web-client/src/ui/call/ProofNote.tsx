import type { Proof } from "../../crypto/reconcile";
import { Icon } from "../kit/Icon";
import { circleAlert, type IconData, info, loader, shieldCheck } from "../kit/icons";
import { safetyWords as words } from "./safety-words";

/** Whether the person at the door has the link that was made for them. */
export function ProofNote({ proof, name }: { proof: Proof; name: string }) {
  const { icon, tone } = LOOKS[proof];
  return (
    <p class={["proof", tone].filter(Boolean).join(" ")} role="status" data-proof={proof}>
      <Icon of={icon} size="s" />
      <span>{proofWords(proof, name)}</span>
    </p>
  );
}

const LOOKS: Record<Proof, { icon: IconData; tone?: string }> = {
  pending: { icon: loader },
  proven: { icon: shieldCheck, tone: "ok" },
  server_made: { icon: info, tone: "wait" },
  forged: { icon: circleAlert, tone: "bad" },
};

function proofWords(proof: Proof, name: string): string {
  switch (proof) {
    case "pending":
      return words.proofPending;
    case "proven":
      return words.proofProven;
    case "server_made":
      return words.proofServerMade(name);
    case "forged":
      return words.proofForged;
  }
}
