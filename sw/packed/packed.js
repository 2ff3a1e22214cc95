/** Big buckets in columns, whatever their noun. */

import { PackedCatalogue } from "./packed_catalogue.js";
import { PackedStock } from "./packed_stock.js";

/** @typedef {PackedCatalogue | PackedStock} Packed */
/** @typedef {import("../places.js").PackedKeys} PackedKeys */

/** Whether a bucket is of a noun that is kept in columns. @param {string} id */
export function isPackable(id) {
  return id.startsWith("catalogue:") || id.startsWith("stock:");
}

/**
 * From the records of the database; null where there are none, or one is missing: then its checksum tells.
 * @param {string} id @param {PackedKeys | undefined} keys @param {Map<number, any>} records @returns {Packed | null}
 */
export function packedOf(id, keys, records) {
  if (keys === undefined) return null;
  const blocks = keys.blocks.map((key) => records.get(key));
  const index = keys.index.map((key) => records.get(key));
  return [...blocks, ...index].includes(undefined) ? null : packedFrom(id, blocks, index, keys);
}

/** @param {string} id @param {any[]} blocks @param {any[]} index @param {PackedKeys} keys where all of it is stored @returns {Packed} */
export function packedFrom(id, blocks, index, keys) {
  if (id.startsWith("stock:")) return new PackedStock(blocks, keys);
  const [ids, gtins, skus, en, zh] = index;
  return new PackedCatalogue(blocks, { ids, gtins, skus, en, zh }, keys);
}
