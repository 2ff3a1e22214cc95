/**
 * Photos of goods on this phone, beside the outbox, until the hub has them or has said no. They survive a reload, and
 * each is its taker's.
 */

/**
 * @typedef {object} GoodsPhoto
 * @property {string} id the operation's that tells of it: sent twice it is one
 * @property {string} owner
 * @property {number} store
 * @property {string} code as it was scanned
 * @property {string} name SHA-256 of the photo, in hex
 * @property {number} at
 * @property {boolean} isTold whether that operation is kept
 * @property {Blob | null} photo null once the hub has said no
 * @property {string} problem why, as a sentence; "" while it waits
 */

const NAME = "stockhand-goods-photos";
const STORE = "photos";

/** @param {string} owner @returns {Promise<GoodsPhoto[]>} oldest first */
export async function keptPhotos(owner) {
  /** @type {GoodsPhoto[]} */
  const all = await inStore("readonly", (store) => store.getAll());
  return all.filter((one) => one.owner === owner).sort((a, b) => a.at - b.at);
}

/** Rejects with a DOMException where this phone has no room or no storage. @param {GoodsPhoto} photo */
export function keepPhoto(photo) {
  return inStore("readwrite", (store) => store.put(photo));
}

/** @param {string} id */
export function dropPhoto(id) {
  return inStore("readwrite", (store) => store.delete(id));
}

/**
 * Opened for one piece of work only: photos are rare, and a connection that stays open may be lost unseen.
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>}
 */
async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      // A photo exists nowhere else.
      const how = /** @type {const} */ ({ durability: mode === "readwrite" ? "strict" : "default" });
      const transaction = database.transaction(STORE, mode, how);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () =>
        reject(transaction.error ?? request.error ?? new DOMException("given up", "AbortError"));
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}
