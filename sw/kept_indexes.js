/** The indexes of catalogues that are in memory, each made once for as long as its shelves stay the same. */

import { CatalogueIndex } from "./catalogue_index.js";
import { Shelf } from "./shelf.js";

/** @typedef {import("./view.js").Sources} Sources */
/** @typedef {import("./view.js").Source} Source */

// Views come and go with every tap; what is made of a hundred thousand items stays.
/** @type {WeakMap<object, Map<string, {shelves: Shelf[], index: CatalogueIndex}>>} */
const indexes = new WeakMap();

/** @param {Sources["buckets"]} buckets @param {string[]} names */
export function indexOf(buckets, names) {
  const kept = indexes.get(buckets) ?? new Map();
  indexes.set(buckets, kept);
  const shelves = names.flatMap((name) => shelfOf(buckets.get(name)) ?? []);
  const known = kept.get(names.join());
  if (
    known?.shelves.length === shelves.length &&
    known.shelves.every((/** @type {Shelf} */ shelf, /** @type {number} */ at) => shelf === shelves[at])
  )
    return known.index;
  const index = new CatalogueIndex(shelves);
  kept.set(names.join(), { shelves, index });
  return index;
}

/** @type {WeakMap<Source, {stamp: number, shelf: Shelf}>} */
const plain = new WeakMap();

/** Of rows that bring none along it is made, and made again when they change. @param {Source | undefined} bucket */
function shelfOf(bucket) {
  if (bucket === undefined || bucket.shelf) return bucket?.shelf;
  const made = plain.get(bucket);
  if (made?.stamp === bucket.stamp) return made.shelf;
  const shelf = new Shelf();
  for (const item of bucket.rows.values()) shelf.put(item.id, item);
  plain.set(bucket, { stamp: bucket.stamp, shelf });
  return shelf;
}
