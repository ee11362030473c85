// Join links: `https://host/join#<fragment>`. What the fragment holds is `crypto/invitation.ts`.

import { newSecret, readInvitation, type Secret, writeInvitation } from "../crypto/invitation";

export { tokenHashOf, tokenOf } from "../crypto/invitation";
export { newSecret, type Secret };

/** A link. `pinned`: the fingerprint of the host's identity. */
export function linkOf(origin: string, secret: Secret, pinned: Secret | null = null): string {
  return `${origin}/join#${writeInvitation(secret, pinned)}`;
}

/** The secret in a link's fragment; `null` when it is cut short or not a link of ours. */
export function readSecret(fragment: string): Secret | null {
  return readInvitation(fragment)?.secret ?? null;
}
