/** A phone's databases set aside and put back, as when it is restored from a backup or cloned. */

import { IDBFactory } from "fake-indexeddb";

/** @typedef {{name: string, version: number, stores: StoreCopy[]}} DatabaseCopy */
/** @typedef {{name: string, keyPath: any, autoIncrement: boolean, indexes: [string, any][], rows: [any, any][]}} StoreCopy */

/** @param {IDBFactory} factory @returns {Promise<DatabaseCopy[]>} */
export async function copyOf(factory) {
  const copies = [];
  for (const { name = "", version = 1 } of await factory.databases()) {
    const handle = await answer(factory.open(name));
    const names = [...handle.objectStoreNames];
    const transaction = handle.transaction(names, "readonly");
    const stores = await Promise.all(names.map((one) => copyOfStore(transaction.objectStore(one))));
    copies.push({ name, version, stores });
    handle.close();
  }
  return copies;
}

/** @param {IDBObjectStore} store @returns {Promise<StoreCopy>} */
async function copyOfStore(store) {
  const { name, keyPath, autoIncrement } = store;
  const indexes = [...store.indexNames].map((one) => /** @type {[string, any]} */ ([one, store.index(one).keyPath]));
  const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
  return { name, keyPath, autoIncrement, indexes, rows: keys.map((key, place) => [key, values[place]]) };
}

/** @param {DatabaseCopy[]} copies @returns {Promise<IDBFactory>} */
export async function restored(copies) {
  const factory = new IDBFactory();
  for (const { name, version, stores } of copies) {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => {
      for (const { name: one, keyPath, autoIncrement, indexes, rows } of stores) {
        const store = request.result.createObjectStore(one, { keyPath, autoIncrement });
        for (const [index, path] of indexes) store.createIndex(index, path);
        for (const [key, value] of rows) store.put(value, ...(keyPath === null ? [key] : []));
      }
    };
    (await answer(request)).close();
  }
  return factory;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
