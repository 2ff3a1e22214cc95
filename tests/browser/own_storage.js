/** What a phone keeps, read from one of its pages. Each function runs in the page and brings along all it needs. */

/** @typedef {{ id: string, kind: string, by: number, withdrawn: string }} Kept */

/** The rows of a store of the outbox: `operations` wait, `journal` is answered. @param {string} store @returns {Promise<Kept[]>} */
export function outboxRows(store) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("stockhand-outbox");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = opening.result.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => {
        opening.result.close();
        resolve(asked.result.map(({ id, kind, by, withdrawn }) => ({ id, kind, by, withdrawn: withdrawn ?? "" })));
      };
    };
  });
}

/** Each replica on the phone by name: the buckets it has a place for. @returns {Promise<Record<string, string[]>>} */
export async function replicaBuckets() {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? "").filter((name) => /replica/.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bucketsOf(name)])));

  /** @param {string} name @returns {Promise<string[]>} */
  function bucketsOf(name) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const asked = opening.result.transaction("places").objectStore("places").getAllKeys();
        asked.onsuccess = () => {
          opening.result.close();
          resolve(asked.result.map(String));
        };
      };
    });
  }
}
