import type { DeviceId, ParticipantId } from "../protocol";
import type { Bytes } from "./bytes";

/** What a leaf says of itself. */
export interface LeafIdentity {
  readonly device: DeviceId;
  readonly participant: ParticipantId;
  /** The name its person goes by; shown in the roster. */
  readonly name: string;
  /** Of staff: their identity's public key (65 bytes) and its signature over this leaf. */
  readonly staff: null | { readonly publicKey: Bytes; readonly signature: Bytes };
}
