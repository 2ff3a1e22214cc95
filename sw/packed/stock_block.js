/** The stock of one store in columns, by item: some nine bytes an item where a row of its own took some hundreds. */

import { lanesOf } from "./lanes.js";
import { at, narrow, placeOf } from "./numbers.js";

/** @typedef {import("./numbers.js").Column} Column */
/**
 * `ids` ascend over all blocks of a bucket.
 * @typedef {object} StockBlock
 * @property {number} rows @property {number} a @property {number} b
 * @property {Int32Array} ids @property {Column} versions
 * @property {Column} on_hand @property {Column} reserved @property {Column} in_transit_in @property {Column} in_transit_out
 * @property {Map<number, string>} odd rows that do not fit, as JSON
 */

/** @type {("on_hand" | "reserved" | "in_transit_in" | "in_transit_out")[]} */
export const FIGURES = ["on_hand", "reserved", "in_transit_in", "in_transit_out"];
// A store's stock is one block nearly always: it is written anew whole, in a millisecond or two.
const MOST_ROWS = 131_072;

/** @param {[string, number, any][]} puts in any order, with whole numbers as keys */
export function stockBlocks(puts) {
  const sorted = puts.map(([key, version, row]) => ({ id: Number(key), version, row }));
  sorted.sort((one, other) => one.id - other.id);
  /** @type {Map<number, string>} */
  const odd = new Map();
  for (const [place, { row }] of sorted.entries()) if (!fits(row)) odd.set(place, JSON.stringify(row));
  const figure = (/** @type {string} */ name) => sorted.map(({ row }, place) => (odd.has(place) ? 0 : row[name]));
  const [on_hand, reserved, in_transit_in, in_transit_out] = FIGURES.map(figure);
  const ids = sorted.map(({ id }) => id);
  const versions = sorted.map(({ version }) => version);
  return cut({ ids, versions, on_hand, reserved, in_transit_in, in_transit_out }, odd);
}

/**
 * Blocks of columns as long as the whole bucket, in the order of the ids.
 * @param {Record<"ids" | "versions" | (typeof FIGURES)[number], number[]>} whole @param {Map<number, string>} odd
 * @returns {StockBlock[]}
 */
export function cut(whole, odd) {
  /** @type {StockBlock[]} */
  const blocks = [];
  for (let first = 0; first < whole.ids.length; first += MOST_ROWS) {
    const part = (/** @type {number[]} */ numbers) => numbers.slice(first, first + MOST_ROWS);
    const ids = Int32Array.from(part(whole.ids));
    const versions = narrow(part(whole.versions));
    const [a, b] = lanesOf(ids, versions);
    const [on_hand, reserved, in_transit_in, in_transit_out] = FIGURES.map((name) => narrow(part(whole[name])));
    const mine = [...odd].filter(([row]) => row >= first && row < first + ids.length);
    const figures = { on_hand, reserved, in_transit_in, in_transit_out };
    const oddly = new Map(mine.map(([row, text]) => [row - first, text]));
    blocks.push({ rows: ids.length, a, b, ids, versions, ...figures, odd: oddly });
  }
  return blocks;
}

/** @param {StockBlock} block @param {number} row */
export function stockAt(block, row) {
  const odd = block.odd.get(row);
  if (odd !== undefined) return JSON.parse(odd);
  return {
    on_hand: at(block.on_hand, row),
    reserved: at(block.reserved, row),
    in_transit_in: at(block.in_transit_in, row),
    in_transit_out: at(block.in_transit_out, row),
  };
}

/** Where an item is in a block; -1 where it is not. @param {StockBlock} block @param {number} id */
export function rowOf({ ids }, id) {
  const row = placeOf(ids, id);
  return ids[row] === id ? row : -1;
}

/** @param {any} row */
function fits(row) {
  const names = Object.keys(row);
  return names.length === FIGURES.length && FIGURES.every((name) => Number.isSafeInteger(row[name]));
}
