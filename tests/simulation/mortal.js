/** A worker's life: it may end between any two of its steps, or in the middle of a transaction. */

export class Killed extends Error {
  name = "Killed";
}

export class Life {
  ended = false;
  /** @type {() => void} */
  #tell = () => undefined;
  /** Settles when it has ended. @type {Promise<void>} */
  over = new Promise((resolve) => {
    this.#tell = resolve;
  });
  #stepsLeft = Number.POSITIVE_INFINITY;
  #inTransaction = false;

  /** Ends it after so many more steps; `inTransaction`: the last one is a transaction that is torn apart. @param {number} steps @param {boolean} inTransaction */
  endAfter(steps, inTransaction) {
    this.#stepsLeft = steps;
    this.#inTransaction = inTransaction;
  }

  end() {
    this.ended = true;
    this.#tell();
  }

  /** Called before everything that lasts: a message, a transaction. */
  step() {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) this.end();
    if (this.ended) throw new Killed("the worker was killed");
  }

  /** Whether the transaction that has just begun is the one that is torn apart. */
  tears() {
    if (!this.#inTransaction || this.#stepsLeft !== 0) return false;
    this.end();
    return true;
  }
}

/**
 * The phone's databases as one worker sees them: they outlive it.
 * @param {IDBFactory} factory @param {Life} life @returns {any}
 */
export function databasesFor(factory, life) {
  return {
    deleteDatabase(/** @type {string} */ name) {
      life.step();
      return factory.deleteDatabase(name);
    },
    open(/** @type {string} */ name, /** @type {number} */ version) {
      life.step();
      const request = factory.open(name, version);
      request.addEventListener("success", () => mortal(request.result, life));
      return request;
    },
  };
}

/** @param {IDBDatabase} handle @param {Life} life */
function mortal(handle, life) {
  const transaction = handle.transaction.bind(handle);
  handle.transaction = (names, mode, options) => {
    life.step();
    const begun = transaction(names, mode, options);
    if (life.tears()) setImmediate(() => abort(begun));
    return begun;
  };
}

/** @param {IDBTransaction} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    // It was faster: then it lasts, and the worker died after it.
    if (/** @type {Error} */ (error).name !== "InvalidStateError") throw error;
  }
}
