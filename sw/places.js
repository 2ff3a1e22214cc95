/** Where a bucket stands on this phone: which records of the replica's database hold it, and how far they go. */

import { answer } from "./databases.js";

/** @typedef {import("./bucket.js").Cursor} Cursor */
/** @typedef {import("./bucket.js").Page} Page */
/** @typedef {import("./databases.js").Stores} Stores */
/** Keys of the records that hold packed rows. @typedef {{blocks: number[], index: number[]}} PackedKeys */
/** `pages`: keys of the pages that lie over the packed rows, in order. @typedef {Cursor & {pages: number[], packed?: PackedKeys}} Held */
/** @typedef {{name: string, bytes: number, rows: number}} Piece */
/** @typedef {{format: number, seq: number, sum: string, rows: number, bytes: number, pieces: Piece[]}} Snapshot */
/** A snapshot on its way: keys of blocks by the name of their piece. @typedef {Snapshot & {have: Record<string, number[]>}} Download */
/** @typedef {Held & {reset: boolean, floor: number, download?: Download}} Ahead */
/** `doubted` asks the hub for the whole bucket again. @typedef {{bucket: string, live: Held | null, ahead: Ahead | null, doubted?: boolean}} Place */
/** `text` is the page as it is stored. `snapshot` in place of rows; while the hub still makes it, how long that may take. @typedef {Page & {id: string, epoch: string, from: number, to: number, sum: string, reset?: boolean, floor?: number, text?: string, snapshot?: Snapshot | {wait_ms: number}}} PulledPage */

export const STORES = ["pages", "blocks", "places", "facts"];

/** @param {IDBDatabase} handle */
export function build(handle) {
  handle.createObjectStore("pages", { autoIncrement: true });
  handle.createObjectStore("blocks", { autoIncrement: true });
  handle.createObjectStore("places", { keyPath: "bucket" });
  handle.createObjectStore("facts", { keyPath: "name" });
}

/** Whether pieces of its snapshot are still to come. @param {Place} place */
export function isComing({ ahead }) {
  return ahead?.download !== undefined && ahead.packed === undefined;
}

/** Nothing of a bucket whose snapshot has not come whole: the hub offers it again. @param {Place} place @returns {Cursor | null} */
export function cursorOf(place) {
  const { live, ahead, doubted } = place;
  if (isComing(place)) return null;
  const held = ahead ?? (doubted ? null : live);
  // What is told from the beginning goes on below the floor of today.
  return held && { epoch: held.epoch, seq: held.seq, sum: held.sum, ...(ahead?.floor ? { floor: ahead.floor } : {}) };
}

/** @param {Cursor | null | undefined} one @param {Cursor | null | undefined} other */
export function same(one, other) {
  return one?.epoch === other?.epoch && one?.seq === other?.seq;
}

/**
 * What was laid aside is what people see from now on; a pull that does not add up is forgotten and the bucket doubted.
 * @param {Stores} stores @param {Place} place @param {boolean} accepted @returns {Place}
 */
export function flipped(stores, { bucket, live, ahead }, accepted) {
  if (!ahead) return { bucket, live, ahead };
  if (!accepted) {
    letGo(stores, ahead);
    return { bucket, live, ahead: null, doubted: true };
  }
  const { reset, floor: _begun, download: _whole, ...held } = ahead;
  if (reset) letGo(stores, live);
  else if (live) return { bucket, live: { ...live, ...held, pages: [...live.pages, ...held.pages] }, ahead: null };
  return { bucket, live: held, ahead: null };
}

/** Deletes the records of what nobody needs any more. @param {Stores} stores @param {Held | Ahead | null} held */
export function letGo(stores, held) {
  for (const key of held?.pages ?? []) stores("pages").delete(key);
  for (const key of blocksOf(held)) stores("blocks").delete(key);
}

/** @param {Stores} stores @param {string[]} ids of buckets of which nothing stays */
export async function dropped(stores, ids) {
  const places = await placesIn(stores);
  for (const id of ids) {
    letGo(stores, places.get(id)?.live ?? null);
    letGo(stores, places.get(id)?.ahead ?? null);
    stores("places").delete(id);
  }
}

/** Keys of all blocks and indexes of what is held. @param {Held | Ahead | null} held @returns {number[]} */
export function blocksOf(held) {
  const { packed, download } = /** @type {Partial<Ahead>} */ (held ?? {});
  const kept = packed ? [...packed.blocks, ...packed.index] : Object.values(download?.have ?? {}).flat();
  return kept;
}

/** @param {Stores} stores @returns {Promise<Map<string, Place>>} */
export async function placesIn(stores) {
  /** @type {Place[]} */
  const places = await answer(stores("places").getAll());
  return new Map(places.map((place) => [place.bucket, place]));
}

/** A snapshot is begun, unless one of the same bucket is on its way. @param {Stores} stores @param {Place} place @param {PulledPage} page @returns {Place} */
export function offered(stores, place, { epoch, to: seq, sum, snapshot }) {
  const { ahead } = place;
  if (ahead && isComing(place) && ahead.epoch === epoch && Object.keys(ahead.download?.have ?? {}).length > 0)
    return place;
  letGo(stores, ahead);
  const download = { .../** @type {Snapshot} */ (snapshot), have: {} };
  return { ...place, ahead: { epoch, seq, sum, pages: [], reset: true, floor: 0, download } };
}

/** @param {Stores} stores @param {Place} place @param {PulledPage} page @returns {Promise<Place>} */
export async function extended(stores, place, { epoch, to: seq, sum, text, reset = false, floor = 0 }) {
  if (place.ahead && reset) letGo(stores, place.ahead);
  const kept = place.ahead && !reset ? place.ahead : { pages: [], reset, floor };
  const key = /** @type {number} */ (await answer(stores("pages").add(text)));
  return { ...place, ahead: { ...kept, epoch, seq, sum, pages: [...kept.pages, key] } };
}
