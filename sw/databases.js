/**
 * IndexedDB with promises, on a handle that may die.
 *
 * WebKit loses the connection to its database process ("Connection to Indexed Database server lost"), and a handle that
 * died never lives again: it is dropped and the whole piece of work runs once more on a fresh one. So work given to
 * `read` and `write` may run twice and must come to the same; and it awaits nothing but requests of its transaction.
 */

/** @typedef {(name: string) => IDBObjectStore} Stores */

export class Database {
  #indexedDB;
  #name;
  #build;
  /** @type {Promise<IDBDatabase> | null} */
  #handle = null;

  /** @param {IDBFactory} indexedDB @param {string} name @param {(handle: IDBDatabase) => void} build makes the stores of version 1 */
  constructor(indexedDB, name, build) {
    this.#indexedDB = indexedDB;
    this.#name = name;
    this.#build = build;
  }

  /**
   * @template T
   * @param {string[]} names @param {(stores: Stores) => Promise<T>} work @returns {Promise<T>}
   */
  read(names, work) {
    return this.#transact(names, "readonly", "default", work);
  }

  /**
   * All or nothing. `durability` is "strict" for what exists nowhere else: relaxed is the default of every browser,
   * and a saved row can vanish when the battery falls out.
   * @template T
   * @param {string[]} names @param {(stores: Stores) => Promise<T>} work @param {IDBTransactionDurability} durability
   * @returns {Promise<T>}
   */
  write(names, work, durability = "strict") {
    return this.#transact(names, "readwrite", durability, work);
  }

  async close() {
    const handle = this.#handle;
    this.#handle = null;
    (await handle)?.close();
  }

  /**
   * @template T
   * @param {string[]} names @param {IDBTransactionMode} mode @param {IDBTransactionDurability} durability
   * @param {(stores: Stores) => Promise<T>} work @returns {Promise<T>}
   */
  async #transact(names, mode, durability, work) {
    try {
      return await this.#attempt(names, mode, durability, work);
    } catch (error) {
      if (!isLost(error)) throw error;
      this.#handle = null;
      return await this.#attempt(names, mode, durability, work);
    }
  }

  /**
   * @template T
   * @param {string[]} names @param {IDBTransactionMode} mode @param {IDBTransactionDurability} durability
   * @param {(stores: Stores) => Promise<T>} work @returns {Promise<T>}
   */
  async #attempt(names, mode, durability, work) {
    const handle = await this.#open();
    const transaction = handle.transaction(names, mode, { durability });
    const finished = ended(transaction);
    try {
      const result = await work((name) => transaction.objectStore(name));
      // What was read stands; how its transaction ends says nothing more, and every page waits for it.
      if (mode === "readonly") finished.catch(() => undefined);
      else await finished;
      return result;
    } catch (error) {
      abandon(transaction);
      await Promise.allSettled([finished]);
      // Why the browser gave it up, where it did: requests under way say only that it was.
      throw transaction.error ?? error;
    }
  }

  #open() {
    this.#handle ??= this.#opened().catch((error) => {
      this.#handle = null;
      throw error;
    });
    return this.#handle;
  }

  /** @returns {Promise<IDBDatabase>} */
  async #opened() {
    // Some browsers have none in a private window.
    if (!this.#indexedDB) throw new DOMException("There is no storage here.", "NotFoundError");
    const request = this.#indexedDB.open(this.#name, 1);
    request.onupgradeneeded = () => this.#build(request.result);
    const handle = await answer(request);
    const drop = () => {
      this.#handle = null;
    };
    handle.onclose = drop;
    handle.onversionchange = () => {
      drop();
      handle.close();
    };
    return handle;
  }
}

/** Deletes a database when nobody has it open any more. @param {IDBFactory} indexedDB @param {string} name */
export function forget(indexedDB, name) {
  indexedDB.deleteDatabase(name);
}

/**
 * @template T
 * @param {IDBRequest<T>} request @returns {Promise<T>}
 */
export function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("abandoned", "AbortError"));
  });
}

/** @param {IDBTransaction} transaction */
function abandon(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    // It has ended already: that is what was wanted.
    if (!isLost(error)) throw error;
  }
}

/** @param {unknown} error */
function isLost(error) {
  if (!(error instanceof DOMException) && !(error instanceof Error)) return false;
  return error.name === "InvalidStateError" || /indexed database server|connection.*(lost|clos)/i.test(error.message);
}
