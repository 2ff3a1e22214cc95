/** The items of one catalogue: those in blocks, and over them what has changed since. */

import { LooseItems } from "./loose_items.js";

/** @typedef {import("./catalogue_index.js").Item} Item */
/** @typedef {import("./packed/packed_catalogue.js").PackedCatalogue} PackedCatalogue */

export class Shelf {
  loose = new LooseItems();
  /** Ids of packed items that are no longer in the catalogue. @type {Set<number>} */
  gone = new Set();
  /** Grows with every change. */
  stamp = 0;

  /** @param {PackedCatalogue | null} packed */
  constructor(packed = null) {
    this.packed = packed;
  }

  /** Whether nothing lies over the blocks. */
  get isPlain() {
    return this.loose.size === 0 && this.gone.size === 0;
  }

  /** Whether a packed item is as its block says. @param {number} id */
  isPacked(id) {
    return !this.loose.has(id) && !this.gone.has(id);
  }

  /** @param {number} id */
  has(id) {
    return this.loose.has(id) || (!this.gone.has(id) && this.packed !== null && this.packed.placeOf(id) >= 0);
  }

  /** @param {number} id @returns {Item | undefined} */
  get(id) {
    return this.loose.get(id) ?? (this.gone.has(id) ? undefined : this.packed?.get(id));
  }

  /** @param {number} id @param {Item} item */
  put(id, item) {
    this.loose.put(id, item);
    this.gone.delete(id);
    this.stamp += 1;
  }

  /** @param {number} id */
  remove(id) {
    this.loose.remove(id);
    if (this.packed !== null) this.gone.add(id);
    this.stamp += 1;
  }

  /** Some changes are in the blocks now. @param {PackedCatalogue} packed @param {Iterable<number>} ids */
  repack(packed, ids) {
    this.packed = packed;
    for (const id of ids) {
      this.loose.remove(id);
      this.gone.delete(id);
    }
    this.stamp += 1;
  }
}
