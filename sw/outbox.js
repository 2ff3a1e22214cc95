/**
 * What staff did and the hub has not answered yet, and for 30 days what it answered.
 *
 * A database of its own, never migrated, shared by everybody who works on this phone. A row is in `operations` until its
 * result is stored beside it in `journal`; both happen in one transaction, so no moment exists in which it is nowhere.
 * Every method may be called by two engines at once: each decides within its transaction.
 */

import { answer, Database } from "./databases.js";

/** @typedef {{id: string, kind: string, v: number, args: any, at: number, by: number}} Signed */
/** @typedef {Signed & {mono: number, offset: number | null, mac: string, dep?: string}} Recorded */
/**
 * `withdrawn` holds the signature of the void that takes the row's slot; `again` marks one that was settled once and
 * that a hub from an older backup needs anew.
 * @typedef {Recorded & {client: string, n: number, withdrawn?: string, again?: boolean}} Waiting
 */
/** @typedef {{n: number, id: string, status: string, code?: string | null, params?: Record<string, any>, now?: any,
 *   review?: boolean, heads: Record<string, number>}} Result */
/** `unreached` is 1 until pulled rows contain the result. @typedef {Waiting & {result: Result, settled_at: number, unreached?: 1}} Settled */
/** @typedef {{id: string, next: number, settled: number, active: boolean}} Client `settled`: up to here results are stored */
/** @typedef {import("./databases.js").Stores} Stores */

const JOURNAL_MS = 30 * 86_400_000;
const MOST_EARLIER = 20;
const QUEUE = ["clients", "operations", "journal"];

/**
 * `through` is the last number given out, `earlier` are the clients whose rows were renumbered into this one: by both the
 * hub knows what it is still owed when a phone comes back without its outbox.
 * @typedef {{waiting: number, oldest_at: number | null, through: number, earlier: string[]}} Queue
 */

export class Outbox {
  #standing = "";
  /** @type {Queue} */
  #queue = { waiting: 0, oldest_at: null, through: 0, earlier: [] };

  /** @param {import("./surroundings.js").Surroundings} world */
  constructor(world) {
    this.world = world;
    this.database = new Database(world.indexedDB, "stockhand-outbox", build);
  }

  /**
   * Saves an operation and gives it its number; false when its id is already here (a double tap, an old form).
   * @param {Recorded} operation
   */
  async record(operation) {
    const minted = this.world.mint();
    return await this.database.write(QUEUE, async (stores) => {
      // Asked for together: the page that says "saved" waits for this.
      const clients = answer(stores("clients").getAll());
      const [known, all] = await Promise.all([isKnown(stores, operation.id), clients]);
      if (known) return false;
      const client = activeOf(all, stores, minted);
      stores("operations").add({ ...operation, client: client.id, n: client.next });
      stores("clients").put({ ...client, next: client.next + 1 });
      return true;
    });
  }

  /** @param {string} id */
  has(id) {
    return this.database.read(["operations", "journal"], (stores) => isKnown(stores, id));
  }

  /** @param {string} id @returns {Promise<Waiting | undefined>} */
  waiting(id) {
    return this.database.read(["operations"], (stores) => answer(stores("operations").get(id)));
  }

  /** Everything that waits, whoever recorded it. @returns {Promise<Waiting[]>} */
  all() {
    return this.database.read(["operations"], (stores) => answer(stores("operations").getAll()));
  }

  /** Puts a void in the slot of an operation; false when it is answered already. @param {string} id @param {string} mac of the void */
  withdraw(id, mac) {
    return this.database.write(["operations"], async (stores) => {
      const row = await answer(stores("operations").get(id));
      if (row === undefined) return false;
      stores("operations").put({ ...row, withdrawn: mac });
      return true;
    });
  }

  /**
   * Stores results and lets the rows go, together. A result for a row that was renumbered meanwhile is left: the row
   * goes out again under its new number. Gives back those that were stored.
   * @param {string} client @param {Result[]} results
   */
  settle(client, results) {
    const settled_at = this.world.now();
    return this.database.write(QUEUE, async (stores) => {
      const stored = [];
      const rows = await Promise.all(results.map(({ id }) => answer(stores("operations").get(id))));
      for (const [index, result] of results.entries()) {
        const row = rows[index];
        if (row === undefined || row.client !== client || row.n !== result.n) continue;
        stores("operations").delete(row.id);
        stores("journal").put({ ...row, result, settled_at, unreached: 1 });
        stored.push(result);
      }
      const held = await answer(stores("clients").get(client));
      const settled = Math.max(held?.settled ?? 0, ...stored.map((result) => result.n));
      if (stored.length > 0) stores("clients").put({ ...held, settled });
      return stored;
    });
  }

  /**
   * What stands in the view of a person: rows not answered, and answered ones that pulled rows do not contain yet.
   * @param {number} person @returns {Promise<{waiting: Waiting[], unreached: Settled[], parked: Settled[]}>}
   */
  shown(person) {
    return this.database.read(["operations", "journal"], async (stores) => {
      // Asked for together: every page waits for this.
      const [waiting, unreached, parked] = await Promise.all([
        answer(stores("operations").getAll()),
        answer(stores("journal").index("unreached").getAll()),
        answer(stores("journal").index("status").getAll("parked")),
      ]);
      const mine = (/** @type {Signed} */ row) => row.by === person;
      const [queued, answered] = [waiting.filter(mine).sort(byPlace), unreached.filter(mine).sort(byPlace)];
      return { waiting: queued, unreached: answered, parked: parked.filter(mine) };
    });
  }

  /**
   * How many wait, whoever recorded them, and since when. Asked for again and again: the rows are read only where
   * another engine or this one has changed them since.
   * @returns {Promise<Queue>}
   */
  queue() {
    return this.database.read(["clients", "operations"], async (stores) => {
      const [clients, waiting] = await Promise.all([
        answer(stores("clients").getAll()),
        answer(stores("operations").count()),
      ]);
      // Whatever comes or goes moves a number or a place of its client.
      const standing = JSON.stringify([waiting, clients.map(({ id, next, settled }) => [id, next, settled])]);
      if (standing !== this.#standing) {
        const rows = waiting > 0 ? await answer(stores("operations").getAll()) : [];
        const oldest_at = rows.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY);
        const through = (clients.find(({ active }) => active)?.next ?? 1) - 1;
        const earlier = clients
          .filter(({ active }) => !active)
          .map(({ id }) => id)
          .slice(-MOST_EARLIER);
        this.#queue = { waiting, oldest_at: waiting > 0 ? oldest_at : null, through, earlier };
        this.#standing = standing;
      }
      return this.#queue;
    });
  }

  /** Ids of answered operations that pulled rows may not contain yet. @returns {Promise<Settled[]>} */
  unreached() {
    return this.database.read(["journal"], (stores) => answer(stores("journal").index("unreached").getAll()));
  }

  /** A mark that is lost with the power is set again by the next pull. @param {string[]} ids */
  async markReached(ids) {
    if (ids.length === 0) return;
    await this.database.write(
      ["journal"],
      async (stores) => {
        const rows = await Promise.all(ids.map((id) => answer(stores("journal").get(id))));
        for (const row of rows) {
          if (row === undefined) continue;
          delete row.unreached;
          stores("journal").put(row);
        }
      },
      "default",
    );
  }

  /** Lets go of answers older than 30 days. */
  prune() {
    const before = this.world.now() - JOURNAL_MS;
    return this.database.write(["journal"], async (stores) => {
      const rows = await answer(stores("journal").getAll());
      for (const row of rows) if (row.settled_at < before && !row.unreached) stores("journal").delete(row.id);
    });
  }

  /** All that is kept by name. @returns {Promise<Record<string, any>>} */
  async settings() {
    const rows = await this.database.read(["settings"], (stores) => answer(stores("settings").getAll()));
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }

  /** @param {string} name @param {unknown} value */
  keep(name, value) {
    return this.database.write(["settings"], async (stores) => {
      stores("settings").put({ name, value });
    });
  }

  /** @param {number} person @returns {Promise<CryptoKey | null>} */
  key(person) {
    return this.database.read(["keys"], async (stores) => (await answer(stores("keys").get(person)))?.key ?? null);
  }

  /** @param {number} person @param {CryptoKey} key */
  keepKey(person, key) {
    return this.database.write(["keys"], async (stores) => {
      stores("keys").put({ person, key });
    });
  }
}

/** @param {{n: number}} one @param {{n: number}} other */
export function byPlace(one, other) {
  return one.n - other.n;
}

/**
 * The client that numbers are allotted from; made when there is none.
 * @param {Stores} stores @param {string} minted @returns {Promise<Client>}
 */
export async function activeClient(stores, minted) {
  return activeOf(await answer(stores("clients").getAll()), stores, minted);
}

/** @param {Client[]} all @param {Stores} stores @param {string} minted @returns {Client} */
function activeOf(all, stores, minted) {
  const found = all.find((client) => client.active);
  if (found) return found;
  const client = { id: minted, next: 1, settled: 0, active: true };
  stores("clients").put(client);
  return client;
}

/** @param {Stores} stores @param {string} id */
async function isKnown(stores, id) {
  const counts = await Promise.all(["operations", "journal"].map((name) => answer(stores(name).count(id))));
  return counts.some((count) => count > 0);
}

/** @param {IDBDatabase} handle */
function build(handle) {
  handle.createObjectStore("clients", { keyPath: "id" });
  handle.createObjectStore("operations", { keyPath: "id" });
  const journal = handle.createObjectStore("journal", { keyPath: "id" });
  journal.createIndex("unreached", "unreached");
  journal.createIndex("status", "result.status");
  handle.createObjectStore("keys", { keyPath: "person" });
  handle.createObjectStore("settings", { keyPath: "name" });
}
