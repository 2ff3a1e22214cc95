/** Makes room for what staff did: that exists nowhere else, and what the hub has told can be told again. */

import { NotKept } from "./storage.js";

const LENT_MS = 600_000;
const REPLICA = /^stockhand-replica/;

/**
 * Does a piece of work on the outbox; where there is no room for it, makes some and tries once more. A NotKept says that
 * nothing was kept, and why.
 * @template T
 * @param {import("./phone.js").Phone} phone @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function kept(phone, work) {
  try {
    return await tried(phone, work);
  } catch (error) {
    if (!(error instanceof NotKept) || error.trouble !== "full" || !(await shed(phone))) throw error;
    return await tried(phone, work);
  }
}

/**
 * @template T
 * @param {import("./phone.js").Phone} phone @param {() => Promise<T>} work @returns {Promise<T>}
 */
async function tried(phone, work) {
  const { storage, world } = phone;
  try {
    const done = await work();
    storage.worked("outbox");
    return done;
  } catch (error) {
    const trouble = storage.note(error, "outbox");
    phone.tellState().catch(world.report);
    throw trouble === null ? error : new NotKept(trouble, error);
  }
}

/**
 * Lets go of what others have had on this phone, and of the stock of other stores. Whether there was anything.
 * @param {import("./phone.js").Phone} phone
 */
export async function shed(phone) {
  const { replica, world } = phone;
  const own = `-${replica?.person}`;
  const others = (await names(world.indexedDB)).filter((name) => REPLICA.test(name) && !name.endsWith(own));
  await Promise.allSettled(others.map((name) => deleted(world.indexedDB, name)));
  const [lent] = await Promise.allSettled([lend(phone)]);
  return others.length > 0 || (lent.status === "fulfilled" && lent.value);
}

/** @param {import("./phone.js").Phone} phone */
async function lend(phone) {
  const { replica } = phone;
  if (!replica?.complete) return false;
  const home = replica.home ?? (await phone.view())?.storeId;
  const lent = [...replica.places.keys()].filter((id) => id.startsWith("stock:") && id !== `stock:${home}`);
  if (lent.length === 0) return false;
  await replica.drop(lent);
  await note(phone, lent);
  await phone.changed(lent);
  return true;
}

/** Other stores' stock is fetched again when there is room once more. @param {import("./phone.js").Phone} phone */
export async function reclaim(phone) {
  const { storage, world } = phone;
  if (storage.lent.length === 0 || world.now() - storage.lentAt < LENT_MS || !(await storage.hasRoom())) return;
  await note(phone, []);
}

/** Remembered, so that a page never takes what was let go for nothing in stock. @param {import("./phone.js").Phone} phone @param {string[]} lent */
async function note(phone, lent) {
  phone.storage.lent = lent;
  phone.storage.lentAt = phone.world.now();
  await phone.storage.attempt("outbox", () => phone.outbox.keep("lent", lent));
}

/**
 * A step of the engine. Where there is no room for what it brought, the phone keeps working from what it has.
 * @template {string} End
 * @param {import("./phone.js").Phone} phone @param {import("./storage.js").Place} place @param {() => Promise<End>} step
 * @returns {Promise<End | "full">}
 */
export async function stored(phone, place, step) {
  try {
    const end = await step();
    if (end === "done") {
      await tryRoom(phone, place);
      phone.storage.worked(place);
    }
    return end;
  } catch (error) {
    const trouble = phone.storage.note(error, place);
    if (trouble === null) throw error;
    if (trouble === "full") await shed(phone);
    return "full";
  }
}

/**
 * A push of nothing says nothing of room: where there was none, something is written to see.
 * @param {import("./phone.js").Phone} phone @param {import("./storage.js").Place} place
 */
async function tryRoom(phone, place) {
  if (place === "outbox" && phone.storage.trouble === "full") await phone.outbox.keep("room", phone.world.now());
}

/** @param {IDBFactory} factory @returns {Promise<string[]>} */
async function names(factory) {
  // Some browsers do not tell.
  if (!factory.databases) return [];
  const [told] = await Promise.allSettled([factory.databases()]);
  return told.status === "fulfilled" ? told.value.flatMap(({ name }) => name ?? []) : [];
}

/** Gone, or on its way there: one that is open elsewhere goes when it is closed. @param {IDBFactory} factory @param {string} name @returns {Promise<void>} */
function deleted(factory, name) {
  return new Promise((resolve) => {
    const request = factory.deleteDatabase(name);
    for (const event of ["success", "error", "blocked"]) request.addEventListener(event, () => resolve());
  });
}
