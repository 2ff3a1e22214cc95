/** The items of some catalogues, found by id, barcode, SKU or words, and listed in the order of each language. */

import { fold } from "../sync/formats.js";
import { MOST_COUNTED } from "../sync/shelf.js";
import { sortText } from "./loose_items.js";
import { found } from "./packed/search.js";

/** @typedef {{id: number, sku: string, name_en: string, name_zh: string, brand: string, unit: string,
 *   price_cents: number, lot: boolean, expiry: boolean, archived: boolean, sort_zh: string, gtins: string[], into?: number}} Item */
/** @typedef {"en" | "zh"} Locale */
/** @typedef {import("./shelf.js").Shelf} Shelf */
/** Something sorted: its items are read one by one. @typedef {{length: number, item: (at: number) => Item, key: (at: number) => string, id: (at: number) => number}} Sorted */

export class CatalogueIndex {
  #shelves;
  /** What was sought last: a page asks how many, then which. @type {{asked: string, lists: Sorted[]}} */
  #last = { asked: "", lists: [] };

  /** Reads nothing before it is asked. An item of several catalogues is as the last one has it. @param {Shelf[]} shelves */
  constructor(shelves) {
    this.#shelves = shelves;
  }

  /** @param {number} id */
  has(id) {
    return this.#shelves.some((shelf) => shelf.has(id));
  }

  /** @param {number} id @returns {Item | null} */
  get(id) {
    return this.#shelves.findLast((shelf) => shelf.has(id))?.get(id) ?? null;
  }

  /** @param {string} gtin 14 digits @returns {Item | null} */
  byGtin(gtin) {
    return this.#coded(
      (shelf) => shelf.loose.byGtin(gtin),
      (packed) => packed.byGtin(gtin),
    );
  }

  /** Whatever its case and spacing. @param {string} sku @returns {Item | null} */
  bySku(sku) {
    const folded = fold(sku);
    return this.#coded(
      (shelf) => shelf.loose.bySku(folded),
      (packed) => packed.bySku(folded),
    );
  }

  /**
   * @param {(shelf: Shelf) => Item | null} loose
   * @param {(packed: import("./packed/packed_catalogue.js").PackedCatalogue) => number[]} packed
   */
  #coded(loose, packed) {
    for (let number = this.#shelves.length - 1; number >= 0; number -= 1) {
      const shelf = this.#shelves[number];
      const item = loose(shelf);
      if (item !== null && !this.#isBehind(number, item.id)) return item;
      if (shelf.packed === null) continue;
      for (const place of packed(shelf.packed)) {
        const id = shelf.packed.id(place);
        if (shelf.isPacked(id) && !this.#isBehind(number, id)) return shelf.packed.item(place);
      }
    }
    return null;
  }

  /** Whether a later catalogue says what the item is. @param {number} number @param {number} id */
  #isBehind(number, id) {
    for (let later = number + 1; later < this.#shelves.length; later += 1)
      if (this.#shelves[later].has(id)) return true;
    return false;
  }

  /** All of them, archived ones too. @param {Locale} locale */
  sorted(locale) {
    const lists = this.#shelves.flatMap((shelf, number) => {
      const isHere = (/** @type {number} */ id) => !this.#isBehind(number, id);
      const loose = shelf.loose.sorted(locale).filter((item) => isHere(item.id));
      const { packed } = shelf;
      if (packed === null) return [looseList(loose, locale)];
      const places = [...packed.index[locale]].filter((place) => {
        const id = packed.id(place);
        return shelf.isPacked(id) && isHere(id);
      });
      return [packedList(packed, places, locale), looseList(loose, locale)];
    });
    return merged(lists, 0, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Items in stock lists (archived ones are left out) in which every word of `q` stands, in order. `total` counts no
   * further than a list is ever shown.
   * @param {string} q @param {Locale} locale @param {number} offset @param {number} limit
   * @returns {{rows: Item[], total: number}}
   */
  search(q, locale, offset, limit) {
    const most = Math.max(MOST_COUNTED + 1, offset + limit);
    const asked = [q, locale, most, ...this.#shelves.map(({ stamp }) => stamp)].join("\n");
    if (this.#last.asked !== asked) this.#last = { asked, lists: this.#found(fold(q).split(" "), locale, most) };
    const { lists } = this.#last;
    return { rows: merged(lists, offset, limit), total: lists.reduce((sum, list) => sum + list.length, 0) };
  }

  /** @param {string[]} words @param {Locale} locale @param {number} most */
  #found(words, locale, most) {
    return this.#shelves.flatMap((shelf, number) => {
      const isHere = (/** @type {number} */ id) => !this.#isBehind(number, id);
      const loose = looseList(shelf.loose.found(words, locale, most, isHere), locale);
      const { packed } = shelf;
      if (packed === null) return [loose];
      const places = found(packed, words, locale, most, (place) => {
        const id = packed.id(place);
        return shelf.isPacked(id) && !packed.isArchived(place) && isHere(id);
      });
      return [packedList(packed, places, locale), loose];
    });
  }
}

/** @param {Item[]} items @param {Locale} locale @returns {Sorted} */
function looseList(items, locale) {
  return {
    length: items.length,
    item: (at) => items[at],
    key: (at) => sortText(items[at], locale),
    id: (at) => items[at].id,
  };
}

/** @param {import("./packed/packed_catalogue.js").PackedCatalogue} packed @param {number[]} places @param {Locale} locale @returns {Sorted} */
function packedList(packed, places, locale) {
  return {
    length: places.length,
    item: (at) => packed.item(places[at]),
    key: (at) => packed.sortText(places[at], locale),
    id: (at) => packed.id(places[at]),
  };
}

/** Some rows of several lists in one order. @param {Sorted[]} lists @param {number} offset @param {number} limit */
function merged(lists, offset, limit) {
  const filled = lists.filter((list) => list.length > 0);
  /** @type {Item[]} */
  const rows = [];
  if (limit <= 0) return rows;
  if (filled.length === 1) {
    const [list] = filled;
    for (let at = offset; at < list.length && rows.length < limit; at += 1) rows.push(list.item(at));
    return rows;
  }
  const heads = filled.map((list) => ({ list, at: 0, key: list.key(0), id: list.id(0) }));
  for (let passed = 0; heads.length > 0 && rows.length < limit; passed += 1) {
    let first = heads[0];
    for (const head of heads) if (head.key < first.key || (head.key === first.key && head.id < first.id)) first = head;
    if (passed >= offset) rows.push(first.list.item(first.at));
    first.at += 1;
    if (first.at === first.list.length) heads.splice(heads.indexOf(first), 1);
    else Object.assign(first, { key: first.list.key(first.at), id: first.list.id(first.at) });
  }
  return rows;
}
