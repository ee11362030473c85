import { ObjectStore } from "../object-store";
import type { StaffId } from "../protocol";
import type { StaffIdentity } from "./identity";

/**
 * The room keys of the staff who use this browser, in IndexedDB. The keys themselves cannot be
 * taken out, not even by this page. They stay when their owner signs out, so that the code is
 * needed once a browser and not once a day; nobody else's page asks for them.
 */

const BY_STAFF = "staff";
const STORE = "identities";
const IDENTITIES = new ObjectStore("quietroom-identity", STORE, (database) => {
  const store = database.createObjectStore(STORE, { keyPath: ["staff", "identity.publicKey"] });
  store.createIndex(BY_STAFF, "staff");
});

export interface KeptIdentity {
  staff: StaffId;
  identity: StaffIdentity;
  /** The private half as the server keeps it: given again when the server did not hear of it. */
  wrapped: Uint8Array<ArrayBuffer>;
  /** The code that opens `wrapped`, until its owner has saved it. */
  code: string | null;
  /** Milliseconds since 1970. */
  madeAt: number;
}

/** Everything kept for `staff`, the newest first. */
export async function identitiesOf(staff: StaffId): Promise<KeptIdentity[]> {
  const found = await IDENTITIES.run<KeptIdentity[]>("readonly", (store) =>
    store.index(BY_STAFF).getAll(staff),
  );
  return found.sort((a, b) => b.madeAt - a.madeAt);
}

/** Adds `kept`, or takes the place of what was kept of the same key. */
export async function keepIdentity(kept: KeptIdentity): Promise<void> {
  await IDENTITIES.run("readwrite", (store) => store.put(kept));
}

export async function dropIdentity({ staff, identity }: KeptIdentity): Promise<void> {
  await IDENTITIES.run("readwrite", (store) => store.delete([staff, identity.publicKey]));
}
