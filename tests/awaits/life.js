/** One worker's life on a pretend hub: it may end at any `await`, and nothing of it is heard of again. */

import { AsyncLocalStorage } from "node:async_hooks";

/** Whose life it is that reaches a point: several phones share one copy of the code. @type {AsyncLocalStorage<Life>} */
const lives = new AsyncLocalStorage();

export class Life {
  /** Where it ends: the point, and at which time of reaching it. */
  ending = { point: 0, time: 0 };
  over = false;
  /** A piece of the name of databases in which there is no room. @type {string | null} */
  full = null;
  /** How often each point was reached. @type {Map<number, number>} */
  reached = new Map();
  /** @type {Set<IDBTransaction>} */
  #open = new Set();
  /** @type {IDBDatabase[]} */
  #handles = [];
  #ended = () => undefined;
  /** Done when it is over. */
  end = new Promise((resolve) => {
    this.#ended = () => resolve(undefined);
  });

  /** Everything that is done within belongs to this life. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  live(work) {
    return lives.run(this, work);
  }

  /** @param {number} point @param {unknown} value */
  at(point, value) {
    if (!this.over) {
      const time = (this.reached.get(point) ?? 0) + 1;
      this.reached.set(point, time);
      if (point === this.ending.point && time === this.ending.time) this.#die();
    }
    return this.over ? forever(value) : this.#whileAlive(value);
  }

  /** What was under way when it died goes no further. @param {unknown} value */
  async #whileAlive(value) {
    const [{ status, ...end }] = await Promise.allSettled([value]);
    if (this.over) return await new Promise(() => undefined);
    if (status === "rejected") throw /** @type {any} */ (end).reason;
    return /** @type {any} */ (end).value;
  }

  /** What was not committed is undone, as a browser does it. */
  #die() {
    this.over = true;
    for (const transaction of this.#open) abort(transaction);
    this.#ended();
  }

  /** The phone's databases as this worker sees them; they outlive it. @param {IDBFactory} factory @returns {any} */
  databases(factory) {
    return {
      open: (/** @type {string} */ name, /** @type {number} */ version) => {
        const request = factory.open(name, version);
        request.addEventListener("success", () => this.#watch(request.result));
        return request;
      },
      deleteDatabase: (/** @type {string} */ name) => factory.deleteDatabase(name),
      databases: () => factory.databases(),
    };
  }

  /** As WebKit does now and then: nothing can be done with them any more. */
  loseHandles() {
    for (const handle of this.#handles.splice(0)) handle.close();
  }

  /** @param {IDBDatabase} handle */
  #watch(handle) {
    this.#handles.push(handle);
    const begin = handle.transaction.bind(handle);
    handle.transaction = (...given) => {
      const begun = begin(...given);
      if (given[1] === "readwrite" && this.full !== null && handle.name.includes(this.full)) overflow(begun);
      this.#open.add(begun);
      for (const end of ["complete", "abort"]) begun.addEventListener(end, () => this.#open.delete(begun));
      return this.over ? silent(begun) : begun;
    };
  }
}

globalThis.$await = (point, value) => lives.getStore()?.at(point, value) ?? value;

/** @param {unknown} value whose end nobody hears of @returns {Promise<never>} */
function forever(value) {
  Promise.resolve(value).catch(() => undefined);
  return new Promise(() => undefined);
}

/** The browser finds at the end of it that there is no room. @param {IDBTransaction} transaction */
function overflow(transaction) {
  Object.defineProperty(transaction, "error", { get: () => new DOMException("No room.", "QuotaExceededError") });
  setImmediate(() => undone(transaction));
}

/** What was begun in the same breath as the death. @param {IDBTransaction} transaction @returns {any} */
function silent(transaction) {
  abort(transaction);
  const request = {};
  return { objectStore: () => new Proxy({}, { get: () => () => request }), abort: () => undefined };
}

/** Undone, and nobody hears of it. @param {IDBTransaction} transaction */
function abort(transaction) {
  transaction.oncomplete = transaction.onabort = transaction.onerror = null;
  undone(transaction);
}

/** @param {IDBTransaction} transaction */
function undone(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    // It was faster: then it lasts, and the worker died after it.
    if (/** @type {Error} */ (error).name !== "InvalidStateError") throw error;
  }
}
