const DATABASE = 'chatty';
const STORE = 'keys';
const OWN = 'own';

/** A key that the browser keeps, and gives to nobody: not even to this page, which can only sign with it. */
export interface KeptKey {
  readonly privateKey: CryptoKey;
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** The key that is kept here, or else this new one: of two tabs that make one, both have the key of the first. */
export async function keepKey(makeKey: () => Promise<KeptKey>): Promise<KeptKey> {
  const database = await opened();
  try {
    const found = await done<KeptKey | undefined>(storeOf(database, 'readonly').get(OWN));
    if (found !== undefined) return found;
    const made = await makeKey();
    const store = storeOf(database, 'readwrite');
    const first = await done<KeptKey | undefined>(store.get(OWN));
    if (first === undefined) await done(store.put(made, OWN));
    return first ?? made;
  } finally {
    database.close();
  }
}

function storeOf(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(STORE, mode).objectStore(STORE);
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
