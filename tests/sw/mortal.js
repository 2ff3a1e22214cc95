/** A life of so many steps: a step is the beginning of a transaction, or a request before or after the hub has it. */

/** An IDBFactory whose transactions and a network whose requests never come back once `steps` are used up. */
export function mortal(steps) {
  const life = { steps, isOver: false };
  const step = () => {
    life.isOver ||= life.steps === 0;
    life.steps -= 1;
    return life.isOver;
  };
  const killed = () => new Promise(() => undefined);
  const database = (factory) => ({
    deleteDatabase: (name) => factory.deleteDatabase(name),
    open: (name, version) => {
      const request = factory.open(name, version);
      const outer = {
        get result() {
          return request.result;
        },
      };
      request.onupgradeneeded = () => outer.onupgradeneeded?.();
      request.onsuccess = () => outer.onsuccess?.();
      request.onerror = () => outer.onerror?.();
      request.addEventListener("success", () => {
        const { result } = request;
        const transaction = result.transaction.bind(result);
        result.transaction = (...given) => (step() ? silent(transaction(...given)) : transaction(...given));
      });
      return outer;
    },
  });
  return { life, step, killed, database };
}

/** Undone, and nobody hears of it. */
function silent(transaction) {
  transaction.abort();
  const request = {};
  return { objectStore: () => new Proxy({}, { get: () => () => request }), abort: () => undefined };
}
