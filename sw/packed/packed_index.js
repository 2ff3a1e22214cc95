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
  const [ids, gtins, skus] = [0, 1, 2].map((which) => joined(codes.map((each) => each[which])).sort());
  await breathe();
  const places = Int32Array.from(blocks.flatMap((block, number) => placesIn(block, number)));
  const en = ordered(blocks, places, "en");
  await breathe();
  const zh = blocks.every((block) => block.sort_zh === null) ? en : ordered(blocks, places, "zh");
  return { ids, gtins, skus, en, zh };
}

/** @param {CatalogueBlock} block @param {number} number */
function placesIn(block, number) {
  return Array.from({ length: block.rows }, (_, row) => placeIn(number, row));
}

/** @param {CatalogueBlock[]} blocks @param {Int32Array} places @param {Locale} locale */
function ordered(blocks, places, locale) {
  const keys = new SortKeys(places.length);
  for (const place of places) keys.add(blocks[blockIn(place)], rowIn(place), locale);
  const ids = Int32Array.from(places, (place) => blocks[blockIn(place)].ids[rowIn(place)]);
  return inOrder(keys.keys, ids).map((row) => places[row]);
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
 * The index once some items are gone from it and a block has come. What stays keeps its order: nothing is sorted anew.
 * @param {Index} index as it was @param {(place: number) => number} moved the new place of an item that stays, else -1
 * @param {CatalogueBlock[]} blocks all there are then @param {number} fresh the number of the first that has come
 * @returns {Index}
 */
export function reindexed(index, moved, blocks, fresh) {
  const codes = blocks.slice(fresh).map((block, number) => codesOf(block, fresh + number));
  const sorted = (/** @type {Float64Array} */ kept, /** @type {number} */ which) => {
    const entries = [];
    for (const entry of kept) {
      const place = moved(entry % PLACES);
      if (place >= 0) entries.push(entry - (entry % PLACES) + place);
    }
    return joined([Float64Array.from(entries), ...codes.map((each) => each[which])]).sort();
  };
  const after = { ids: sorted(index.ids, 0), gtins: sorted(index.gtins, 1), skus: sorted(index.skus, 2) };
  const listed = (/** @type {Locale} */ locale) => {
    const kept = index[locale].map(moved).filter((place) => place >= 0);
    const come = Int32Array.from(blocks.slice(fresh).flatMap((block, at) => placesIn(block, fresh + at)));
    return interleaved(blocks, kept, ordered(blocks, come, locale), locale);
  };
  return { ...after, en: listed("en"), zh: listed("zh") };
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
