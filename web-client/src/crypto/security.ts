import { type ReadonlySignal, signal } from "@preact/signals";
import type { DeviceId, GroupEpoch } from "../protocol";
import type { After } from "./epochs";
import type { Member } from "./group";
import type { RefusalReason } from "./refusal";

/** How far the people of the session are by themselves. */
export type Security =
  /** No keys yet. */
  | { is: "starting" }
  | {
      is: "secure";
      at: GroupEpoch;
      /** 20 digits, the same for everyone. */
      code: string;
      members: readonly Member[];
      /** Nobody is known to have come by a link that the server could have used itself. */
      serverProof: boolean;
    }
  /** There will be no keys: what the server offers is not what this person was invited to. */
  | { is: "refused"; why: RefusalReason };

/** Something that was refused, and may mean that somebody interferes. */
export interface SecurityEvent {
  is: "commit_refused" | "message_refused" | "knock_forged";
  /** `null` where the kind says it all. */
  why: RefusalReason | null;
  /** Milliseconds since 1970 by this machine's clock. */
  at: number;
}

/** Something that a member wrote to the others. */
export interface Text {
  /** The same when it is sent once more. */
  id: string;
  from: DeviceId;
  /** Of its author, as the tree had it when the text came. */
  name: string;
  /** Its author may let people in, as the tree had it when the text came. */
  leads: boolean;
  text: string;
  /** For the facilitators only. */
  isPrivate: boolean;
  /** By the person of this device, here or on another one. */
  isOwn: boolean;
  /** Milliseconds since 1970 by this machine's clock. */
  at: number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number;
  after: After;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A list that is shown and grows no further than `most`: the oldest go. */
export class Recent<T> {
  readonly shown: ReadonlySignal<readonly T[]>;
  private readonly list = signal<readonly T[]>([]);
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
    this.shown = this.list;
  }

  add(entry: T): void {
    this.list.value = [...this.list.peek(), entry].slice(-this.most);
  }
}
