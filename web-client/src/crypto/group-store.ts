import { ObjectStore, sweep } from "../object-store";
import type { Commit, DeviceId, GroupEpoch, SessionId } from "../protocol";
import type { Bytes } from "./bytes";
import type { ContentMessage } from "./content";
import type { OwnPackage } from "./package";
import type { Proof } from "./reconcile";

export type ContentKey = ContentMessage & { type: "content_key" };

/** A commit that was made here and whose fate is not known: the server may have taken it. */
export interface MadeCommit {
  commit: Commit;
  /** The group once it is taken, serialized. */
  next: Bytes;
}

/** All that a device needs to go on after a reload. */
export interface Kept {
  /** The group, serialized; `null` before the device is in one. */
  group: Bytes | null;
  made: readonly MadeCommit[];
  /** Groups that were asked for and may have been started, serialized. */
  started: readonly Bytes[];
  /** Own packages by which the device can still be added, the newest last. */
  packages: readonly OwnPackage[];
  /** Number of the last delivery that is part of this. */
  last: number;
  /** The first epoch that the device was in without a break, `null` before it. */
  since: GroupEpoch | null;
  /** The newest group that was started, 0 before the first. */
  newest: number;
  /** Identity of the host whose groups the device was in, `null` before the first. */
  host: Bytes | null;
  /** Keys of what is written in the session, as they came, the newest last. */
  contentKeys: readonly ContentKey[];
}

/** Whom people at this browser have let into a session, and how they were proven. */
export type LetIn = ReadonlyMap<DeviceId, Proof>;

/**
 * Keeps the state of one device in one session. What is kept is written before anything made from
 * it is sent, so that a reload never goes back behind what others have seen.
 */
export interface GroupStore {
  load(device: DeviceId): Promise<Kept | null>;
  keep(device: DeviceId, kept: Kept): Promise<void>;
  loadLetIn(): Promise<LetIn>;
  keepLetIn(letIn: LetIn): Promise<void>;
  /** Forgets the device. */
  forget(device: DeviceId): Promise<void>;
  /** Forgets the session: every device and whom they let in. */
  forgetAll(): Promise<void>;
}

const KEPT = new ObjectStore("quietroom-groups", "kept");
/** Milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

interface Row {
  value: unknown;
  at: number;
}

/**
 * The store of one session in IndexedDB. Rows older than a day are forgotten. A browser that keeps
 * nothing gets a store that lives as long as the page: a reload then begins as a new device does.
 */
export function openGroupStore(session: SessionId): GroupStore {
  const rows = new Rows();
  const key = (device: DeviceId): string => `${session}/${device}`;
  return {
    load: async (device) => ((await rows.get(key(device))) ?? null) as Kept | null,
    keep: (device, kept) => rows.put(key(device), kept),
    loadLetIn: async () => new Map((await rows.get(session)) as LetIn | undefined),
    keepLetIn: (letIn) => rows.put(session, letIn),
    forget: (device) => rows.delete((name) => name === key(device)),
    forgetAll: () => rows.delete((name) => name === session || name.startsWith(`${session}/`)),
  };
}

class Rows {
  private readonly memory = new Map<string, unknown>();
  /** Whether the browser keeps anything. */
  private readonly keeps: Promise<boolean> = forgetOld().then(
    () => true,
    () => false,
  );

  async get(key: string): Promise<unknown> {
    if (!(await this.keeps)) return this.memory.get(key);
    const row = await KEPT.run<Row | undefined>("readonly", (store) => store.get(key));
    return row?.value;
  }

  async put(key: string, value: unknown): Promise<void> {
    if (!(await this.keeps)) {
      this.memory.set(key, value);
      return;
    }
    const row: Row = { value, at: Date.now() };
    await KEPT.run("readwrite", (store) => store.put(row, key));
  }

  async delete(which: (key: string) => boolean): Promise<void> {
    for (const key of this.memory.keys()) if (which(key)) this.memory.delete(key);
    if (await this.keeps) await KEPT.run("readwrite", (store) => sweep(store, which));
  }
}

async function forgetOld(): Promise<void> {
  const old = Date.now() - DAY;
  await KEPT.run("readwrite", (store) => sweep<Row>(store, (_, { at }) => at < old));
}
