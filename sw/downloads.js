/** Snapshots in pieces on their way into a replica: which are wanted next, and what becomes of each that has come. */

import { shown } from "../sync/checksum.js";
import { answer } from "./databases.js";
import { catalogueBlocksOf, stockBlockOf, wordBytes } from "./packed/from_piece.js";
import { packedFrom } from "./packed/packed.js";
import { indexed } from "./packed/packed_index.js";
import { isComing, letGo, placesIn, STORES } from "./places.js";
import { unpack } from "./snapshots/unpacked.js";

/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./places.js").Place} Place */
/** @typedef {import("./places.js").Ahead} Ahead */
/** @typedef {{bucket: string, epoch: string, seq: number, name: string}} Wanted */
/** What a progress bar shows. @typedef {{bytes: number, of_bytes: number, rows: number, of_rows: number}} Progress */

/**
 * Pieces that are still to come, those first without which nothing is shown: the goods, then the stock of one's own
 * store, then that of its neighbours. The first piece of a catalogue has the words of all others, and nothing goes before it.
 * @param {Replica} replica @returns {Wanted[]}
 */
export function wantedPieces(replica) {
  const coming = [...replica.places.values()].filter(isComing);
  const rank = (/** @type {Place} */ { bucket }) =>
    bucket.startsWith("catalogue:") ? 0 : 1 + Number(!replica.isEssential(bucket));
  coming.sort((one, other) => rank(one) - rank(other));
  return coming.flatMap(({ bucket, ahead }) => {
    const { epoch, seq, download } = /** @type {Ahead} */ (ahead);
    const { pieces, have } = /** @type {import("./places.js").Download} */ (download);
    const isFirst = bucket.startsWith("catalogue:") && Object.keys(have).length === 0;
    const missing = isFirst ? pieces.slice(0, 1) : pieces.filter(({ name }) => have[name] === undefined);
    return missing.map(({ name }) => ({ bucket, epoch, seq, name }));
  });
}

/** Ends what a killed worker had fetched whole and made no index of. @param {Replica} replica */
export async function finishAll(replica) {
  for (const { bucket, ahead } of [...replica.places.values()].filter(isComing)) {
    const isHere = ahead?.download?.pieces.every(({ name }) => ahead.download?.have[name] !== undefined);
    if (ahead && isHere) await finish(replica, bucket, ahead);
  }
}

/** How far the first download is. @param {Replica} replica @returns {Progress} */
export function progressOf(replica) {
  const progress = { bytes: 0, of_bytes: 0, rows: 0, of_rows: 0 };
  for (const { ahead } of replica.places.values()) {
    for (const { name, bytes, rows } of ahead?.download?.pieces ?? []) {
      const isHere = ahead?.download?.have[name] !== undefined;
      progress.of_bytes += bytes;
      progress.of_rows += rows;
      progress.bytes += isHere ? bytes : 0;
      progress.rows += isHere ? rows : 0;
    }
  }
  for (const { pages } of replica.aside.values()) {
    const rows = pages.reduce((sum, page) => sum + page.puts.length, 0);
    progress.rows += rows;
    progress.of_rows += rows;
  }
  return progress;
}

/**
 * Keeps a piece that has come; when it is the last one, the bucket is whole. False where nobody wants it any more.
 * @param {Replica} replica @param {Wanted} wanted @param {Uint8Array} bytes @returns {Promise<boolean>}
 */
export async function keepPiece(replica, wanted, bytes) {
  const { bucket, name } = wanted;
  const blocks = blocksIn(replica, bucket, bytes);
  const place = await replica.database.write(STORES, (stores) => stored(stores, wanted, blocks), "default");
  if (place === null) return false;
  replica.places.set(bucket, place);
  const parts = replica.aside.get(bucket)?.parts ?? new Map();
  parts.set(name, blocks);
  replica.aside.set(bucket, { pages: [], packed: null, parts });
  const isLast = place.ahead?.download?.pieces.every((piece) => place.ahead?.download?.have[piece.name] !== undefined);
  if (isLast) await finish(replica, bucket, /** @type {Ahead} */ (place.ahead));
  return true;
}

/** @param {Replica} replica @param {string} bucket @param {Uint8Array} bytes @returns {any[]} */
function blocksIn(replica, bucket, bytes) {
  const words = [...(replica.aside.get(bucket)?.parts.values() ?? [])].flat().find(({ noun }) => noun === "words");
  const shared = words === undefined ? undefined : wordsIn(words);
  const piece = unpack(bytes, shared?.words);
  if (piece.noun === "words") return [{ noun: "words", bytes: bytes.slice() }];
  if (piece.noun === "stock") return [stockBlockOf(piece)];
  return catalogueBlocksOf(piece, shared?.bytes ?? wordBytes({ count: 0, text: "", at: new Uint32Array(1) }));
}

/** Read once for all the pieces that lean on it. @type {WeakMap<object, {words: any, bytes: any}>} */
const known = new WeakMap();

/** @param {{bytes: Uint8Array}} record */
function wordsIn(record) {
  const read = known.get(record);
  if (read !== undefined) return read;
  const { words } = /** @type {import("./snapshots/unpacked.js").SharedPiece} */ (unpack(record.bytes));
  const made = { words, bytes: wordBytes(words) };
  known.set(record, made);
  return made;
}

/** @param {import("./databases.js").Stores} stores @param {Wanted} wanted @param {any[]} blocks @returns {Promise<Place | null>} */
async function stored(stores, { bucket, epoch, seq, name }, blocks) {
  const place = (await placesIn(stores)).get(bucket);
  const { ahead } = place ?? {};
  if (!place || !ahead?.download || ahead.packed || ahead.epoch !== epoch || ahead.seq !== seq) return null;
  if (ahead.download.have[name] !== undefined) return place;
  const keys = await Promise.all(blocks.map((block) => answer(stores("blocks").add(block))));
  const download = { ...ahead.download, have: { ...ahead.download.have, [name]: keys.map(Number) } };
  const kept = { ...place, ahead: { ...ahead, download } };
  stores("places").put(kept);
  return kept;
}

/**
 * All pieces are here: the index over them is made and stored, and with it the bucket has a cursor.
 * @param {Replica} replica @param {string} bucket @param {Ahead} ahead
 */
async function finish(replica, bucket, ahead) {
  const { download } = /** @type {Required<Ahead>} */ (ahead);
  const parts = /** @type {Map<string, any[]>} */ (replica.aside.get(bucket)?.parts);
  const listed = download.pieces.flatMap(({ name }) => {
    const keys = download.have[name];
    return (parts.get(name) ?? []).map((block, at) => ({ block, key: keys[at] }));
  });
  const rows = listed.filter(({ block }) => block.noun !== "words");
  const blocks = rows.map(({ block }) => block);
  const sum = shown(...lanesIn(blocks));
  if (sum !== download.sum) return await refuse(replica, bucket, new Error(`A snapshot adds up to ${sum}.`));
  const { breathe } = replica.world;
  const index = bucket.startsWith("catalogue:") ? Object.values(await indexed(blocks, breathe)) : [];
  const keys = { blocks: rows.map(({ key }) => key), index: await kept(replica, index) };
  const place = await replica.database.write(
    STORES,
    async (stores) => {
      const now = (await placesIn(stores)).get(bucket);
      const isSame = now?.ahead?.download && !now.ahead.packed && sameHave(now.ahead.download.have, download.have);
      const there = await Promise.all(keys.index.map((key) => answer(stores("blocks").count(key))));
      if (!now || !isSame || there.includes(0)) return null;
      for (const { block, key } of listed) if (block.noun === "words") stores("blocks").delete(key);
      const whole = { ...now, ahead: { .../** @type {Ahead} */ (now.ahead), packed: keys } };
      stores("places").put(whole);
      return whole;
    },
    "default",
  );
  // Another engine was there first.
  if (place === null) return await replica.load();
  replica.places.set(bucket, place);
  replica.aside.set(bucket, { pages: [], packed: packedFrom(bucket, blocks, index, keys), parts: new Map() });
}

/** @param {Record<string, number[]>} one @param {Record<string, number[]>} other */
function sameHave(one, other) {
  const text = (/** @type {Record<string, number[]>} */ have) => JSON.stringify(Object.entries(have).sort());
  return text(one) === text(other);
}

/** @param {{a: number, b: number}[]} blocks @returns {[number, number]} */
function lanesIn(blocks) {
  return blocks.reduce(([a, b], block) => [a ^ block.a, b ^ block.b], [0, 0]);
}

/** Each in a transaction of its own, so that none is long. @param {Replica} replica @param {any[]} records @returns {Promise<number[]>} */
export async function kept(replica, records) {
  const keys = [];
  for (const record of records) {
    keys.push(await replica.database.write(["blocks"], (stores) => answer(stores("blocks").add(record)), "default"));
  }
  return keys.map(Number);
}

/**
 * A snapshot that does not add up, or cannot be read, is let go: the hub is asked for rows.
 * @param {Replica} replica @param {string} bucket @param {unknown} error
 */
export async function refuse(replica, bucket, error) {
  replica.world.report(error);
  replica.rowsOnly = true;
  await letGoOf(replica, bucket);
}

/** The hub no longer has it: the next pull begins another one. @param {Replica} replica @param {string} bucket */
export async function letGoOf(replica, bucket) {
  const place = await replica.database.write(
    STORES,
    async (stores) => {
      const now = (await placesIn(stores)).get(bucket);
      if (!now || !isComing(now)) return null;
      letGo(stores, now.ahead);
      const left = { ...now, ahead: null };
      if (left.live) stores("places").put(left);
      else stores("places").delete(bucket);
      return left;
    },
    "default",
  );
  if (place === null) return;
  replica.aside.delete(bucket);
  if (place.live) replica.places.set(bucket, place);
  else replica.places.delete(bucket);
}
