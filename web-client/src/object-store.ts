/** One object store of IndexedDB, in a database of its own that is opened when it is first used. */
export class ObjectStore {
  private readonly database: string;
  private readonly name: string;
  private readonly make: (database: IDBDatabase) => void;
  private opened: Promise<IDBDatabase> | null = null;

  /** `make` makes the store where there is none yet; by default its rows have no keys of their own. */
  constructor(
    database: string,
    name: string,
    make = (database: IDBDatabase): void => void database.createObjectStore(name),
  ) {
    this.database = database;
    this.name = name;
    this.make = make;
  }

  /**
   * Does something in one transaction and resolves to its result when what was put is kept.
   * Rejects when this browser keeps nothing, or has no room.
   */
  async run<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    const database = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(this.name, mode, { durability: "relaxed" });
      const request = use(transaction.objectStore(this.name));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= this.connect().catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async connect(): Promise<IDBDatabase> {
    const opening = indexedDB.open(this.database, 1);
    opening.onupgradeneeded = () => this.make(opening.result);
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const forget = (): void => {
      this.opened = null;
    };
    database.onclose = forget;
    // Whoever deletes the database, or has a later version of it, is not kept waiting.
    database.onversionchange = () => {
      database.close();
      forget();
    };
    return database;
  }
}

/** Deletes the rows that are not wanted any more. */
export function sweep<Row>(
  store: IDBObjectStore,
  which: (key: string, row: Row) => boolean,
): IDBRequest {
  const walk = store.openCursor();
  walk.onsuccess = () => {
    const cursor = walk.result;
    if (!cursor) return;
    if (which(String(cursor.key), cursor.value as Row)) cursor.delete();
    cursor.continue();
  };
  return walk;
}
