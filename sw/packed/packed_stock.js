/** A whole `stock:` bucket in columns. */

import { at } from "./numbers.js";
import { cut, FIGURES, rowOf, stockAt, stockBlocks } from "./stock_block.js";

/** @typedef {import("./stock_block.js").StockBlock} StockBlock */

export class PackedStock {
  /** @param {StockBlock[]} blocks in the order of their ids @param {import("../places.js").PackedKeys} keys where they are stored */
  constructor(blocks, keys) {
    this.blocks = blocks;
    this.keys = keys;
  }

  get size() {
    return this.blocks.reduce((sum, block) => sum + block.rows, 0);
  }

  /** @param {number} id */
  get(id) {
    for (const block of this.blocks) {
      const row = rowOf(block, id);
      if (row >= 0) return stockAt(block, row);
    }
    return undefined;
  }

  /** @param {number} id @returns {number | undefined} */
  version(id) {
    for (const block of this.blocks) {
      const row = rowOf(block, id);
      if (row >= 0) return at(block.versions, row);
    }
    return undefined;
  }

  *ids() {
    for (const block of this.blocks) yield* block.ids;
  }

  /** The checksum of all rows. @returns {[number, number]} */
  get lanes() {
    return this.blocks.reduce(([a, b], block) => [a ^ block.a, b ^ block.b], [0, 0]);
  }
}

/**
 * The blocks there would be with some rows written over: `[version, row]` by key, null for what is gone.
 * @param {PackedStock | null} packed @param {Map<string, [number, any] | null>} changes
 */
export function stockWith(packed, changes) {
  const puts = [...changes].flatMap(([key, change]) => (change === null ? [] : [put(key, change)]));
  const added = stockBlocks(puts).flatMap((block) => Array.from(block.ids, (id, row) => ({ block, row, id })));
  const changed = new Set([...changes.keys()].map(Number));
  const made = new Merged();
  let next = 0;
  for (const block of packed?.blocks ?? []) {
    for (let row = 0; row < block.rows; row += 1) {
      const id = block.ids[row];
      for (; next < added.length && added[next].id < id; next += 1) made.take(added[next].block, added[next].row);
      if (!changed.has(id)) made.take(block, row);
    }
  }
  for (; next < added.length; next += 1) made.take(added[next].block, added[next].row);
  return cut(made.columns, made.odd);
}

/** @param {string} key @param {[number, any]} change @returns {[string, number, any]} */
function put(key, [version, row]) {
  return [key, version, row];
}

class Merged {
  /** @type {Record<"ids" | "versions" | (typeof FIGURES)[number], number[]>} */
  columns = { ids: [], versions: [], on_hand: [], reserved: [], in_transit_in: [], in_transit_out: [] };
  /** @type {Map<number, string>} */
  odd = new Map();

  /** @param {StockBlock} block @param {number} row */
  take(block, row) {
    const odd = block.odd.get(row);
    if (odd !== undefined) this.odd.set(this.columns.ids.length, odd);
    this.columns.ids.push(block.ids[row]);
    this.columns.versions.push(at(block.versions, row));
    for (const name of FIGURES) this.columns[name].push(at(block[name], row));
  }
}
