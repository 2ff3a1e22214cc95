/**
 * The numbers of an outbox: what goes out next, and what to do when the hub counts otherwise.
 *
 * Numbers may change, ids never do: the hub knows an operation again by its id, so sending too much is always safe.
 */

import { answer } from "./databases.js";
import { activeClient, byPlace } from "./outbox.js";

/** @typedef {import("./outbox.js").Waiting} Waiting */
/** @typedef {import("./outbox.js").Client} Client */
/** @typedef {{client: string, settled: number, rows: Waiting[]}} Batch `settled` as it stood when the batch was made */

const BYTES = 240_000;
const QUEUE = ["clients", "operations", "journal"];

/**
 * The next operations in order of n, at most `most` and never over the hub's limit of bytes.
 * @param {import("./outbox.js").Outbox} outbox @param {number} most @returns {Promise<Batch>}
 */
export function nextBatch(outbox, most) {
  return outbox.database.read(["clients", "operations"], async (stores) => {
    const clients = await answer(stores("clients").getAll());
    const client = clients.find((one) => one.active) ?? { id: "", settled: 0 };
    const rows = await answer(stores("operations").getAll());
    rows.sort(byPlace);
    let bytes = 0;
    const fit = rows.slice(0, most).filter((row, index) => {
      bytes += new TextEncoder().encode(JSON.stringify(wire(row))).length + 1;
      return index === 0 || bytes <= BYTES;
    });
    return { client: client.id, settled: client.settled, rows: fit };
  });
}

/** The client and how far its results are stored. @param {import("./outbox.js").Outbox} outbox @returns {Promise<Client | null>} */
export function place(outbox) {
  return outbox.database.read(["clients"], async (stores) => {
    const all = await answer(stores("clients").getAll());
    return all.find((client) => client.active) ?? null;
  });
}

/** An operation as the hub reads it. @param {Waiting} row */
export function wire(row) {
  if (row.withdrawn !== undefined) return voided(row, row.withdrawn);
  const { n, id, kind, v, args, at, mono, offset, by, mac, dep } = row;
  return { n, id, kind, v, args, at, mono, offset, by, mac, ...(dep ? { dep } : {}) };
}

/** What takes the slot of an operation that shall not happen. @param {Waiting} row @param {string} mac */
export function voided({ n, id, at, mono, offset, by }, mac) {
  return { n, id, kind: "void", v: 1, args: {}, at, mono, offset, by, mac };
}

/**
 * Another phone has used our numbers (this one came back from a backup, or was cloned): begin a new count. Does nothing
 * when another engine has done so already.
 * @param {import("./outbox.js").Outbox} outbox @param {string} client
 */
export function fork(outbox, client) {
  const minted = outbox.world.mint();
  return outbox.database.write(QUEUE, async (stores) => {
    const active = await activeClient(stores, minted);
    if (active.id !== client) return;
    const rows = await answer(stores("operations").getAll());
    renumber(stores, active, minted, rows.sort(byPlace));
  });
}

/**
 * The hub knows nothing from `from` on, though results of it are stored here: it came back from an older backup. What is
 * in the journal since then goes back into the queue. Where the journal does not reach that far, or holds rows of
 * earlier counts, everything is counted anew.
 * @param {import("./outbox.js").Outbox} outbox @param {string} client @param {number} from
 */
export function comeBack(outbox, client, from) {
  const minted = outbox.world.mint();
  return outbox.database.write(QUEUE, async (stores) => {
    const active = await activeClient(stores, minted);
    if (active.id === client) await bringBack(stores, active, from, minted);
  });
}

/**
 * The hub's chain is of another epoch than before: it came back from an older backup, and how far it counts need not say
 * so, for another copy of this profile may have been faster. The whole journal goes out again, once an epoch. Gives back
 * whether there is any.
 * @param {import("./outbox.js").Outbox} outbox @param {string} epoch
 */
export function comeBackWhole(outbox, epoch) {
  const minted = outbox.world.mint();
  return outbox.database.write([...QUEUE, "settings"], async (stores) => {
    const known = await answer(stores("settings").get("epoch"));
    if (known?.value === epoch) return false;
    stores("settings").put({ name: "epoch", value: epoch });
    const journal = known ? await answer(stores("journal").getAll()) : [];
    if (journal.length === 0) return false;
    const active = await activeClient(stores, minted);
    const own = journal.filter((row) => row.client === active.id).map((row) => row.n);
    await bringBack(stores, active, Math.min(active.settled + 1, ...own), minted);
    return true;
  });
}

/** @param {import("./databases.js").Stores} stores @param {Client} active @param {number} from @param {string} minted */
async function bringBack(stores, active, from, minted) {
  const journal = await answer(stores("journal").getAll());
  const lost = journal
    .filter((row) => row.client === active.id && row.n >= from)
    .sort(byPlace)
    .map(unsettled);
  const earlier = journal
    .filter((row) => row.client !== active.id)
    .sort(byTime)
    .map(unsettled);
  const waiting = (await answer(stores("operations").getAll())).sort(byPlace);
  for (const row of [...lost, ...earlier]) stores("journal").delete(row.id);
  const known = [...lost, ...waiting];
  if (earlier.length === 0 && known.every((row, index) => row.n === from + index)) {
    for (const row of lost) stores("operations").put(row);
    stores("clients").put({ ...active, settled: from - 1 });
  } else {
    renumber(stores, active, minted, [...earlier, ...known]);
  }
}

/** @param {import("./databases.js").Stores} stores @param {Client} active @param {string} minted @param {Waiting[]} rows */
function renumber(stores, active, minted, rows) {
  stores("clients").put({ ...active, active: false });
  stores("clients").put({ id: minted, next: rows.length + 1, settled: 0, active: true });
  for (const [index, row] of rows.entries()) stores("operations").put({ ...row, client: minted, n: index + 1 });
}

/** @param {import("./outbox.js").Settled} row @returns {Waiting} */
function unsettled({ result, settled_at, unreached, ...row }) {
  return { ...row, again: true };
}

/** @param {{at: number, n: number}} one @param {{at: number, n: number}} other */
function byTime(one, other) {
  return one.at - other.at || one.n - other.n;
}
