/**
 * Folds what has changed since into packed blocks, when nobody waits and in steps that each take a moment.
 *
 * New blocks are written beside the old ones, each in a transaction of its own; one more transaction swaps them in,
 * unless another engine was there first. Killed anywhere, what was written and never swapped in is swept up later.
 */

import { numberOf } from "./bucket.js";
import { answer } from "./databases.js";
import { kept } from "./downloads.js";
import { folded } from "./folding.js";
import { catalogueBlock, itemAt } from "./packed/catalogue_block.js";
import { lanesOf } from "./packed/lanes.js";
import { at } from "./packed/numbers.js";
import { isPackable, packedFrom } from "./packed/packed.js";
import { blockIn, indexed, MOST_BLOCKS, placeIn, reindexed, rowIn } from "./packed/packed_index.js";
import { stockWith } from "./packed/packed_stock.js";
import { blocksOf, placesIn } from "./places.js";

/** @typedef {import("./replica.js").Replica} Replica */
/** @typedef {import("./bucket.js").Bucket} Bucket */
/** @typedef {import("./bucket.js").Entry} Entry */
/** @typedef {import("./packed/packed_catalogue.js").PackedCatalogue} PackedCatalogue */
/** @typedef {import("./packed/packed_stock.js").PackedStock} PackedStock */
/** @typedef {import("./places.js").Held} Held */

const ROWS_A_STEP = 2_000;

/**
 * Leaves the replica in good order: packs what has grown, joins many small pages, deletes what no place leads to.
 * @param {Replica} replica @param {() => boolean} isPressed whether somebody waits
 */
export async function tidied(replica, isPressed) {
  if (!replica.isSwept) await sweep(replica);
  lookAtOne(replica);
  for (const id of [...replica.buckets.keys()]) {
    if (isPressed()) return;
    const bucket = /** @type {Bucket} */ (replica.buckets.get(id));
    if (isPackable(id) && bucket.loose.size > replica.looseAtMost) await pack(replica, id, bucket);
    else await folded(replica, id);
  }
}

/** Blocks whose sums were seen to be those of their rows. @type {WeakSet<object>} */
const sound = new WeakSet();

/**
 * Looks whether one more block is what it says: a disk may have spoilt it. All of them at a start would take too long.
 * @param {Replica} replica
 */
function lookAtOne(replica) {
  for (const [id, bucket] of replica.buckets) {
    const block = bucket.packed?.blocks.find((each) => !sound.has(each));
    if (block === undefined) continue;
    const [a, b] = lanesOf(block.ids, block.versions);
    const place = replica.places.get(id);
    if (a === block.a && b === block.b) sound.add(block);
    else if (place) place.doubted = true;
    return;
  }
}

/** What a killed worker left behind. @param {Replica} replica */
async function sweep(replica) {
  replica.isSwept = true;
  await replica.database.write(
    ["places", "blocks", "pages"],
    async (stores) => {
      const held = [...(await placesIn(stores)).values()].flatMap(({ live, ahead }) => [live, ahead]);
      const blocks = new Set(held.flatMap(blocksOf));
      const pages = new Set(held.flatMap((each) => each?.pages ?? []));
      for (const key of await answer(stores("blocks").getAllKeys())) {
        if (!blocks.has(Number(key))) stores("blocks").delete(key);
      }
      for (const key of await answer(stores("pages").getAllKeys())) {
        if (!pages.has(Number(key))) stores("pages").delete(key);
      }
    },
    "default",
  );
}

/** @param {Replica} replica @param {string} id @param {Bucket} bucket */
async function pack(replica, id, bucket) {
  const before = replica.places.get(id)?.live;
  if (!before) return;
  const changes = new Map([...bucket.loose].filter(([key]) => numberOf(key) !== null));
  const made = id.startsWith("stock:")
    ? await packedStock(replica, /** @type {PackedStock | null} */ (bucket.packed), changes)
    : await packedCatalogue(replica, /** @type {PackedCatalogue | null} */ (bucket.packed), changes);
  const odd = [...bucket.loose].filter(([key]) => numberOf(key) === null);
  const isSwapped = await swapped(replica, id, bucket, before, made.keys, odd);
  if (!isSwapped) return await replica.load();
  bucket.repack(packedFrom(id, made.blocks, made.index, made.keys), changes);
}

/** @param {Replica} replica @param {PackedStock | null} packed @param {Map<string, Entry>} changes */
async function packedStock(replica, packed, changes) {
  const puts = [...changes].map(([key, { version, row }]) => {
    return /** @type {[string, [number, any] | null]} */ ([key, version === undefined ? null : [version, row]]);
  });
  const blocks = stockWith(packed, new Map(puts));
  await replica.world.breathe();
  return { blocks, index: [], keys: { blocks: await kept(replica, blocks), index: [] } };
}

/** @param {Replica} replica @param {PackedCatalogue | null} packed @param {Map<string, Entry>} changes */
async function packedCatalogue(replica, packed, changes) {
  /** @type {[string, number, any][]} */
  const puts = [];
  for (const [key, { version, row }] of changes) if (version !== undefined) puts.push([key, version, row]);
  const stays = packed === null ? [] : lasting(packed, changes, puts, replica.rowsABlockAtLeast);
  const fresh = [];
  for (let first = 0; first < puts.length; first += ROWS_A_STEP) {
    fresh.push(catalogueBlock(puts.slice(first, first + ROWS_A_STEP)));
    await replica.world.breathe();
  }
  const old = packed === null ? [] : stays.map((number) => packed.blocks[number]);
  const blocks = [...old, ...fresh];
  const { breathe } = replica.world;
  const index = await (packed === null ? indexed(blocks, breathe) : moved(packed, changes, stays, blocks, breathe));
  const records = Object.values(index);
  const oldKeys = stays.map((number) => /** @type {PackedCatalogue} */ (packed).keys.blocks[number]);
  const keys = { blocks: [...oldKeys, ...(await kept(replica, fresh))], index: await kept(replica, records) };
  return { blocks, index: records, keys };
}

/**
 * Numbers of the blocks that stay; what is still valid in the others joins `puts`.
 * @param {PackedCatalogue} packed @param {Map<string, Entry>} changes @param {[string, number, any][]} puts
 * @param {number} fewest rows of a block that stays
 */
function lasting(packed, changes, puts, fewest) {
  /** @type {number[][]} */
  const rows = packed.blocks.map(() => []);
  for (const place of packed.index.en)
    if (!changes.has(String(packed.id(place)))) rows[blockIn(place)].push(rowIn(place));
  const isCrowded = packed.blocks.length + puts.length / ROWS_A_STEP > MOST_BLOCKS / 2;
  const stays = [];
  for (const [number, mine] of rows.entries()) {
    const block = packed.blocks[number];
    if (mine.length >= fewest * (isCrowded ? 4 : 1) && mine.length * 4 >= block.rows * 3) stays.push(number);
    else for (const row of mine) puts.push([String(block.ids[row]), at(block.versions, row), itemAt(block, row)]);
  }
  return stays;
}

/**
 * @param {PackedCatalogue} packed @param {Map<string, Entry>} changes @param {number[]} stays @param {any[]} blocks
 * @param {() => Promise<void>} breathe
 */
function moved(packed, changes, stays, blocks, breathe) {
  const numbers = new Map(stays.map((old, number) => [old, number]));
  const gone = new Set([...changes.keys()].map((key) => packed.placeOf(Number(key))));
  const to = (/** @type {number} */ place) => {
    const number = numbers.get(blockIn(place));
    return number === undefined || gone.has(place) ? -1 : placeIn(number, rowIn(place));
  };
  return reindexed(packed.index, to, blocks, stays.length, breathe);
}

/**
 * Swaps the new blocks in, where the bucket is still what they were made of. What no block can hold stays on top.
 * @param {Replica} replica @param {string} id @param {Bucket} bucket @param {Held} before
 * @param {import("./places.js").PackedKeys} keys @param {[string, Entry][]} odd
 */
async function swapped(replica, id, bucket, before, keys, odd) {
  const puts = odd.map(([key, { version, row }]) => [key, version, row]);
  const place = await replica.database.write(
    ["pages", "places", "blocks"],
    async (stores) => {
      const now = (await placesIn(stores)).get(id);
      const there = await Promise.all(
        [...keys.blocks, ...keys.index].map((key) => answer(stores("blocks").count(key))),
      );
      const isOurs = now?.live && isUnder(now.live, before, bucket.packed?.keys) && !there.includes(0);
      if (!now?.live || !isOurs) return null;
      const stale = new Set(blocksOf(now.live));
      for (const key of [...keys.blocks, ...keys.index]) stale.delete(key);
      for (const key of stale) stores("blocks").delete(key);
      for (const key of before.pages) stores("pages").delete(key);
      const odds = puts.length > 0 ? [await answer(stores("pages").add(JSON.stringify({ puts, gone: [] })))] : [];
      const pages = [...odds.map(Number), ...now.live.pages.slice(before.pages.length)];
      const kept = { ...now, live: { ...now.live, pages, packed: keys } };
      stores("places").put(kept);
      return kept;
    },
    "default",
  );
  if (place !== null) replica.places.set(id, place);
  return place !== null;
}

/** Whether `now` is what was held before with nothing but pages on top. @param {Held} now @param {Held} before @param {import("./places.js").PackedKeys | undefined} keys */
function isUnder(now, before, keys) {
  const isSamePacked = (now.packed?.blocks ?? []).join() === (keys?.blocks ?? []).join();
  return now.epoch === before.epoch && isSamePacked && before.pages.every((page, place) => now.pages[place] === page);
}
