/**
 * A whole `catalogue:` bucket in columns: found by id, barcode or SKU through sorted numbers, listed in either language.
 *
 * A *place* says where an item is: its block, and its row there. Blocks are never changed: what a newer block has, an
 * index does not lead to in an older one.
 */

import { fold } from "../../sync/formats.js";
import { ARCHIVED, gtinsAt, itemAt, sortTextAt } from "./catalogue_block.js";
import { unfolded } from "./folding.js";
import { at, gtinHash, placeOf, textHash } from "./numbers.js";
import { BLOCK, blockIn, PLACES, rowIn } from "./packed_index.js";

/** @typedef {import("./catalogue_block.js").CatalogueBlock} CatalogueBlock */
/** @typedef {import("../catalogue_index.js").Locale} Locale */
/** @typedef {import("./packed_index.js").Index} Index */

const NO_BYTES = new Uint8Array();

// Made when first searched. A block outlives the catalogue it was first in: packed again, it keeps what it was read to.
/** @type {WeakMap<CatalogueBlock, string>} */
const texts = new WeakMap();

export class PackedCatalogue {
  /** @param {CatalogueBlock[]} blocks @param {Index} index @param {import("../places.js").PackedKeys} keys where all of it is stored */
  constructor(blocks, index, keys) {
    this.blocks = blocks;
    this.keys = keys;
    this.index = index;
  }

  get size() {
    return this.index.ids.length;
  }

  /** Places go up to here. */
  get extent() {
    return this.blocks.length << BLOCK;
  }

  /** -1 where there is none. @param {number} id */
  placeOf(id) {
    const { ids } = this.index;
    const found = placeOf(ids, id * PLACES);
    return found < ids.length && Math.floor(ids[found] / PLACES) === id ? ids[found] % PLACES : -1;
  }

  /** @param {number} place */
  item(place) {
    return itemAt(this.blocks[blockIn(place)], rowIn(place));
  }

  /** @param {number} place */
  id(place) {
    return this.blocks[blockIn(place)].ids[rowIn(place)];
  }

  /** @param {number} place */
  isArchived(place) {
    return (at(this.blocks[blockIn(place)].flags, rowIn(place)) & ARCHIVED) !== 0;
  }

  /** @param {number} place @param {Locale} locale */
  sortText(place, locale) {
    return sortTextAt(this.blocks[blockIn(place)], rowIn(place), locale);
  }

  /** @param {number} id */
  get(id) {
    const place = this.placeOf(id);
    return place < 0 ? undefined : this.item(place);
  }

  /** @param {number} id @returns {number | undefined} */
  version(id) {
    const place = this.placeOf(id);
    return place < 0 ? undefined : at(this.blocks[blockIn(place)].versions, rowIn(place));
  }

  *ids() {
    for (const entry of this.index.ids) yield Math.floor(entry / PLACES);
  }

  /** Places of items with this barcode. @param {string} gtin 14 digits @returns {number[]} */
  byGtin(gtin) {
    const places = placesAt(this.index.gtins, gtinHash(Number(gtin)));
    return places.filter((place) => gtinsAt(this.blocks[blockIn(place)], rowIn(place)).includes(gtin));
  }

  /** Places of items with this SKU. @param {string} folded @returns {number[]} */
  bySku(folded) {
    return placesAt(this.index.skus, textHash(folded)).filter((place) => fold(this.item(place).sku) === folded);
  }

  /** What search looks in, row after row. @param {number} number of the block */
  text(number) {
    const block = this.blocks[number];
    const known = texts.get(block);
    if (known !== undefined) return known;
    const text = unfolded(block.folded);
    texts.set(block, text);
    // What is stored stays; in memory the text takes the place of its bytes.
    block.folded = NO_BYTES;
    return text;
  }

  /** The folded text of one item. @param {number} place */
  words(place) {
    const [block, row] = [blockIn(place), rowIn(place)];
    const { foldedEnds } = this.blocks[block];
    return this.text(block).slice(row > 0 ? foldedEnds[row - 1] : 0, foldedEnds[row] - 1);
  }

  /** The checksum of all rows. @returns {[number, number]} */
  get lanes() {
    return this.blocks.reduce(([a, b], block) => [a ^ block.a, b ^ block.b], [0, 0]);
  }
}

/** @param {Float64Array} entries @param {number} wanted @returns {number[]} */
function placesAt(entries, wanted) {
  const places = [];
  for (let at = placeOf(entries, wanted * PLACES); at < entries.length; at += 1) {
    if (Math.floor(entries[at] / PLACES) !== wanted) break;
    places.push(entries[at] % PLACES);
  }
  return places;
}
