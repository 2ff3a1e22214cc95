/**
 * Sorted numbers that lead to the items of a packed catalogue.
 *
 * A *place* says where an item is: its block, and its row there.
 */

import { sortTextAt } from "./catalogue_block.js";
import { gtinHash } from "./numbers.js";
import { SortKeys } from "./sort_keys.js";
import { inOrder } from "./sorting.js";

/** @typedef {import("./catalogue_block.js").CatalogueBlock} CatalogueBlock */
/** @typedef {import("../catalogue_index.js").Locale} Locale */
/**
 * `ids`, `gtins` and `skus` ascend: a number or the hash of a text above, the place of the item below.
 * `en` and `zh` are all places in the order of a language.
 * @typedef {{ids: Float64Array, gtins: Float64Array, skus: Float64Array, en: Int32Array, zh: Int32Array}} Index
 */

export const BLOCK = 14;
// 31 bits of a number or hash and 22 of a place make the 53 that are exact.
export const PLACES = 2 ** 22;
export const MOST_BLOCKS = 2 ** (22 - BLOCK);

/** @param {number} block @param {number} row */
export function placeIn(block, row) {
  return (block << BLOCK) | row;
}

/** @param {number} place */
export function blockIn(place) {
  return place >> BLOCK;
}

/** @param {number} place */
export function rowIn(place) {
  return place & (2 ** BLOCK - 1);
}

/**
 * The index over blocks of which no item is in two.
 * @param {CatalogueBlock[]} blocks @param {() => Promise<void>} breathe lets others do something in between @returns {Promise<Index>}
 */
export async function indexed(blocks, breathe) {
  const codes = blocks.map(codesOf);
  /** @type {Float64Array[]} */
  const sorted = [];
  for (const which of [0, 1, 2]) {
    await breathe();
    sorted.push(joined(codes.map((each) => each[which])).sort());
  }
  const [ids, gtins, skus] = sorted;
  const places = placesIn(blocks, 0);
  const en = await ordered(blocks, places, "en", breathe);
  const zh = blocks.every((block) => block.sort_zh === null) ? en : await ordered(blocks, places, "zh", breathe);
  return { ids, gtins, skus, en, zh };
}

/** @param {CatalogueBlock[]} blocks @param {number} from the first of them */
function placesIn(blocks, from) {
  const places = new Int32Array(blocks.slice(from).reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  for (let number = from; number < blocks.length; number += 1) {
    for (let row = 0; row < blocks[number].rows; row += 1) {
      places[at] = placeIn(number, row);
      at += 1;
    }
  }
  return places;
}

/**
 * @param {CatalogueBlock[]} blocks @param {Int32Array} places @param {Locale} locale @param {() => Promise<void>} breathe
 */
async function ordered(blocks, places, locale, breathe) {
  const share =
    places.length /
    Math.max(
      1,
      blocks.reduce((sum, { rows }) => sum + rows, 0),
    );
  const bytes = blocks.reduce((sum, { name_en, sort_zh }) => sum + bytesOf(name_en) + bytesOf(sort_zh), 0);
  const keys = new SortKeys(places.length, Math.ceil(bytes * share * 1.1));
  const ids = new Int32Array(places.length);
  for (let at = 0; at < places.length; at += 1) {
    const [block, row] = [blocks[blockIn(places[at])], rowIn(places[at])];
    keys.add(block, row, locale);
    ids[at] = block.ids[row];
    if (at % 16_384 === 16_383) await breathe();
  }
  const order = await inOrder(keys.keys, ids, breathe);
  for (let at = 0; at < order.length; at += 1) order[at] = places[order[at]];
  return order;
}

/** @param {import("./texts.js").Texts} texts */
function bytesOf(texts) {
  return texts?.bytes.length ?? 0;
}

/** @param {CatalogueBlock} block @param {number} number */
function codesOf(block, number) {
  const { rows, ids, gtins, gtinEnds, skus } = block;
  const mine = new Float64Array(rows);
  const bySku = new Float64Array(rows);
  const byGtin = new Float64Array(gtins.length);
  let code = 0;
  for (let row = 0; row < rows; row += 1) {
    const place = placeIn(number, row);
    mine[row] = ids[row] * PLACES + place;
    bySku[row] = skus[row] * PLACES + place;
    const end = gtinEnds === null ? row + 1 : gtinEnds[row];
    for (; code < end; code += 1) byGtin[code] = gtinHash(gtins[code]) * PLACES + place;
  }
  return [mine, byGtin, bySku];
}

/** @param {Float64Array[]} parts */
function joined(parts) {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/**
 * The index once some items are gone from it and blocks have come. What stays keeps its order: nothing is sorted anew.
 * @param {Index} index as it was @param {(place: number) => number} moved the new place of an item that stays, else -1
 * @param {CatalogueBlock[]} blocks all there are then @param {number} fresh the number of the first that has come
 * @param {() => Promise<void>} breathe @returns {Promise<Index>}
 */
export async function reindexed(index, moved, blocks, fresh, breathe) {
  const codes = blocks.slice(fresh).map((block, number) => codesOf(block, fresh + number));
  /** @type {Float64Array[]} */
  const sorted = [];
  for (const [which, entries] of [index.ids, index.gtins, index.skus].entries()) {
    sorted.push(joined([kept(entries, moved), ...codes.map((each) => each[which])]).sort());
    await breathe();
  }
  const [ids, gtins, skus] = sorted;
  const come = placesIn(blocks, fresh);
  const listed = async (/** @type {Locale} */ locale) => {
    const stays = index[locale].map(moved).filter((place) => place >= 0);
    await breathe();
    return interleaved(blocks, stays, await ordered(blocks, come, locale, breathe), locale);
  };
  return { ids, gtins, skus, en: await listed("en"), zh: await listed("zh") };
}

/** @param {Float64Array} entries @param {(place: number) => number} moved */
function kept(entries, moved) {
  const left = new Float64Array(entries.length);
  let count = 0;
  for (const entry of entries) {
    const before = entry % PLACES;
    const place = moved(before);
    if (place < 0) continue;
    left[count] = entry - before + place;
    count += 1;
  }
  return left.subarray(0, count);
}

/**
 * Two ordered lists as one: each of the few is looked for in the many.
 * @param {CatalogueBlock[]} blocks @param {Int32Array} many @param {Int32Array} few @param {Locale} locale
 */
function interleaved(blocks, many, few, locale) {
  const whole = new Int32Array(many.length + few.length);
  const textOf = (/** @type {number} */ place) => sortTextAt(blocks[blockIn(place)], rowIn(place), locale);
  const idOf = (/** @type {number} */ place) => blocks[blockIn(place)].ids[rowIn(place)];
  let from = 0;
  for (const [count, place] of few.entries()) {
    const [text, id] = [textOf(place), idOf(place)];
    let [low, high] = [from, many.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = textOf(many[middle]);
      if (other < text || (other === text && idOf(many[middle]) < id)) low = middle + 1;
      else high = middle;
    }
    whole.set(many.subarray(from, low), from + count);
    whole[low + count] = place;
    from = low;
  }
  whole.set(many.subarray(from), from + few.length);
  return whole;
}
