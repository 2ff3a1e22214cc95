/**
 * Photos on this phone, beside the outbox: those that wait for the network, and what was read in the others until
 * somebody has seen it. They survive a reload, and each is its taker's.
 */

/** @typedef {{ id?: number, owner: string, at: number, photo: Blob | null, result: string }} Kept */

const NAME = "stockhand-photos";
const STORE = "photos";

/** @type {Promise<IDBDatabase> | null} */
let handle = null;

/** @param {string} owner @returns {Promise<Kept[]>} oldest first */
export async function keptPhotos(owner) {
  /** @type {Kept[]} */
  const all = await inStore("readonly", (store) => store.getAll());
  return all.filter((kept) => kept.owner === owner);
}

/** Rejects with a DOMException where this phone has no room or no storage. @param {Kept} kept */
export function keepPhoto(kept) {
  return inStore("readwrite", (store) => store.put(kept));
}

/** @param {number} id */
export function dropPhoto(id) {
  return inStore("readwrite", (store) => store.delete(id));
}

/**
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>}
 */
async function inStore(mode, work) {
  handle ??= opened();
  const database = await handle;
  return await new Promise((resolve, reject) => {
    // A photo exists nowhere else.
    const transaction = database.transaction(STORE, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () =>
      reject(transaction.error ?? request.error ?? new DOMException("given up", "AbortError"));
  });
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    const lost = () => {
      // The next one opens it anew.
      handle = null;
    };
    request.onerror = () => {
      lost();
      reject(request.error);
    };
    request.onsuccess = () => {
      request.result.onclose = lost;
      request.result.onversionchange = () => {
        lost();
        request.result.close();
      };
      resolve(request.result);
    };
  });
}
