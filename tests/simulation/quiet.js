/** What must be true when nothing breaks any more and everybody has heard everything. */

import assert from "node:assert/strict";

/** @typedef {import("./device.js").Device} Device */
/** @typedef {import("./world.js").World} World */

const ROUNDS = 6;

/** Fine weather until nothing moves. @param {World} world @param {Device[]} devices @param {string} fallback who signs in where nobody is */
export async function calm(world, devices, fallback) {
  for (const device of devices) {
    device.line.roughness = 0;
    device.hurry = 1;
    if (device.username === null || !device.line.cookies.session) await device.signIn(device.username ?? fallback);
    // Somebody looks at a page: it tells the worker whose it is.
    else await device.phone.message({ type: "who", person: world.people[device.username] });
  }
  let rounds = 0;
  for (; rounds < ROUNDS; rounds += 1) {
    await Promise.all(devices.map((device) => device.phone.engine.run()));
    const waiting = await Promise.all(devices.map(async (device) => (await device.phone.outbox.queue()).waiting));
    const late = await Promise.all(devices.map(isBehind));
    if (waiting.every((count) => count === 0) && !late.includes(true)) break;
  }
  assert.ok(rounds < ROUNDS, `after ${ROUNDS} rounds without faults something still waits: ${await standing(devices)}`);
  world.count("rounds until quiet", rounds + 1);
}

/** @param {Device[]} devices */
async function standing(devices) {
  const said = devices.map(async ({ name, phone }) => `${name} ${JSON.stringify(await phone.state())}`);
  return (await Promise.all(said)).join(", ");
}

/** @param {Device} device */
async function isBehind(device) {
  const { buckets } = await pulled(device, device.phone.replica?.cursors() ?? {});
  return buckets.length > 0;
}

/** @param {Device} device @param {any} cursors */
async function pulled(device, cursors) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ schema: 1, cursors });
  const answer = await device.line.send("/sync/pull", { method: "POST", headers, body });
  assert.equal(answer.status, 200, `${device.name} may not pull: ${answer.status}`);
  return await answer.json();
}

/** Every phone holds what a new phone of the same person would be given, and nothing else. @param {Device} device */
export async function holdsTheTruth(device) {
  const { name, phone, world, username } = device;
  assert.equal(phone.who.person, world.people[username ?? ""], `${name} is not ${username}'s`);
  /** @type {Map<string, {rows: Map<string, any>, epoch: string, sum: string, to: number}>} */
  const fresh = new Map();
  for (let more = true; more; ) {
    const cursors = Object.fromEntries([...fresh].map(([id, { epoch, to, sum }]) => [id, { epoch, seq: to, sum }]));
    const told = await pulled(device, cursors);
    for (const bucket of told.buckets) {
      const rows = fresh.get(bucket.id)?.rows ?? new Map();
      for (const [key, , row] of bucket.puts) rows.set(key, row);
      fresh.set(bucket.id, { ...bucket, rows });
    }
    more = told.more;
  }
  const { replica } = phone;
  assert.ok(replica?.complete, `${name} never came to the end of a pull`);
  assert.deepEqual([...replica.buckets.keys()].sort(), [...fresh.keys()].sort(), `buckets of ${name} (${username})`);
  for (const [id, { rows, sum, to }] of fresh) {
    const held = replica.buckets.get(id);
    assert.equal(replica.places.get(id).live.seq, to, `${name}: cursor of ${id}`);
    assert.deepEqual(sorted(held.rows), sorted(rows), `${name}: rows of ${id}`);
    // Over keys and versions, summed by the phone as its rows came in.
    assert.equal(held.sum, sum, `${name}: checksum of ${id}`);
    world.count("buckets compared");
    world.count("rows compared", rows.size);
  }
}

/** @param {Map<string, any>} rows */
function sorted(rows) {
  return Object.fromEntries([...rows].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * What this person saved here is either on its way or told; nothing waits that is told.
 * What was sent from a desk comes with the next pull.
 * @param {Device} device @param {boolean} isQuiet
 */
export async function showsEverySavedOperation(device, isQuiet) {
  const view = await device.phone.view();
  if (view === null || (device.isDesk && !isQuiet)) return;
  const waiting = new Set(view.waiting.map((/** @type {any} */ one) => one.id));
  const told = new Set(view.outcomes().map((/** @type {any} */ one) => one.id));
  const withdrawn = await withdrawnOn(device);
  for (const [id, { by, on, what }] of device.world.saved) {
    if (by !== String(view.personId) || on !== device.name) continue;
    assert.ok(waiting.has(id) || told.has(id) || withdrawn.has(id), `${what} ${id} is nowhere to be seen on ${on}`);
  }
}

/** Ids that shall not happen, answered or not. @param {Device} device @returns {Promise<Set<string>>} */
async function withdrawnOn({ phone }) {
  const rows = await phone.outbox.database.read(["operations", "journal"], async (stores) => [
    ...(await all(stores("operations"))),
    ...(await all(stores("journal"))),
  ]);
  return new Set(rows.filter((row) => row.withdrawn !== undefined).map((row) => row.id));
}

/** @param {IDBObjectStore} store @returns {Promise<any[]>} */
function all(store) {
  return new Promise((resolve, reject) => {
    const request = store.getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
