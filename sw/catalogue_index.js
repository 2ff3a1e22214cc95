/** The items of some catalogues, found by id, barcode, SKU or words, and listed in the order of each language. */

import { fold } from "../sync/formats.js";
import { MOST_COUNTED } from "../sync/shelf.js";
import { sortText } from "./loose_items.js";
import { Found } from "./packed/search.js";

/** @typedef {{id: number, sku: string, name_en: string, name_zh: string, brand: string, unit: string,
 *   price_cents: number, lot: boolean, expiry: boolean, archived: boolean, sort_zh: string, gtins: string[], into?: number}} Item */
/** @typedef {"en" | "zh"} Locale */
/** @typedef {import("./shelf.js").Shelf} Shelf */
/** Something sorted, read one by one: undefined behind its end. `length` counts as far as anybody does. @typedef {{length: number, at: (place: number) => Row | undefined}} Sorted */
/** @typedef {{key: string, id: number, item: () => Item}} Row */
/** What one shelf has of what was sought. @typedef {{lists: Sorted[], packed: Found | null}} Findings */

export class CatalogueIndex {
  #shelves;
  /**
   * What was sought last: a page asks how many, then which. By what it was found in: blocks that were packed anew since
   * are held by nothing. @type {{asked: string, among: string, words: string[], found: WeakMap<object, Findings>}}
   */
  #last = { asked: "", among: "", words: [], found: new WeakMap() };

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
      return [packedList(packed, (at) => places[at], places.length, locale), looseList(loose, locale)];
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
    const among = [locale, ...this.#shelves.map(({ stamp }) => stamp)].join("\n");
    const asked = `${among}\n${q}`;
    if (this.#last.asked !== asked) {
      const words = fold(q).split(" ");
      const isNarrower = this.#last.among === among && narrows(words, this.#last.words);
      this.#last = { asked, among, words, found: this.#found(words, locale, isNarrower ? this.#last.found : null) };
    }
    const { found } = this.#last;
    const lists = this.#shelves.flatMap((shelf) => found.get(shelf.packed ?? shelf)?.lists ?? []);
    const counted = lists.reduce((sum, list) => sum + list.length, 0);
    return { rows: merged(lists, offset, limit), total: Math.min(counted, MOST_COUNTED + 1) };
  }

  /**
   * @param {string[]} words @param {Locale} locale @param {WeakMap<object, Findings> | null} wider in which all of it is
   * @returns {WeakMap<object, Findings>}
   */
  #found(words, locale, wider) {
    /** @type {Findings[]} */
    const findings = this.#shelves.map((shelf, number) => {
      const isLast = number === this.#shelves.length - 1;
      const isHere = (/** @type {number} */ id) => isLast || !this.#isBehind(number, id);
      const loose = looseList(shelf.loose.found(words, locale, isHere), locale);
      const { packed } = shelf;
      if (packed === null) return { lists: [loose], packed: null };
      const isPlain = shelf.isPlain;
      const isListed = (/** @type {number} */ place) => {
        if (packed.isArchived(place)) return false;
        if (isPlain && isLast) return true;
        const id = packed.id(place);
        return shelf.isPacked(id) && isHere(id);
      };
      const found = new Found(packed, words, locale, isListed, wider?.get(packed)?.packed ?? null);
      return { lists: [packedList(packed, (at) => found.place(at), found.length, locale), loose], packed: found };
    });
    return new WeakMap(this.#shelves.map((shelf, number) => [shelf.packed ?? shelf, findings[number]]));
  }
}

/** Whether whatever has all of these words has all of those: one more key was typed. @param {string[]} words @param {string[]} those */
function narrows(words, those) {
  return those.every((wider) => words.some((word) => word.includes(wider)));
}

/** @param {Item[]} items @param {Locale} locale @returns {Sorted} */
function looseList(items, locale) {
  const rowOf = (/** @type {Item} */ item) => ({ key: sortText(item, locale), id: item.id, item: () => item });
  return { length: items.length, at: (place) => (place < items.length ? rowOf(items[place]) : undefined) };
}

/**
 * @param {import("./packed/packed_catalogue.js").PackedCatalogue} packed @param {(at: number) => number | undefined} placeOf
 * @param {number} length @param {Locale} locale @returns {Sorted}
 */
function packedList(packed, placeOf, length, locale) {
  const at = (/** @type {number} */ number) => {
    const place = placeOf(number);
    if (place === undefined) return undefined;
    return new PackedRow(packed, place, locale);
  };
  return { length, at };
}

/** What it stands by is made when two lists are put together: one by itself is in order. */
class PackedRow {
  #packed;
  #place;
  #locale;

  /** @param {import("./packed/packed_catalogue.js").PackedCatalogue} packed @param {number} place @param {Locale} locale */
  constructor(packed, place, locale) {
    this.#packed = packed;
    this.#place = place;
    this.#locale = locale;
  }

  get key() {
    return this.#packed.sortText(this.#place, this.#locale);
  }

  get id() {
    return this.#packed.id(this.#place);
  }

  item() {
    return this.#packed.item(this.#place);
  }
}

/** Some rows of several lists in one order. @param {Sorted[]} lists @param {number} offset @param {number} limit */
function merged(lists, offset, limit) {
  const filled = lists.filter((list) => list.length > 0);
  /** @type {Item[]} */
  const rows = [];
  if (limit <= 0) return rows;
  const heads = filled.map((list) => ({ list, place: 0, row: /** @type {Row} */ (list.at(0)) }));
  for (let passed = 0; heads.length > 0 && rows.length < limit; passed += 1) {
    // One list by itself is read from where it is shown.
    if (heads.length === 1 && passed < offset) {
      const [head] = heads;
      const row = head.list.at(head.place + offset - passed);
      if (row === undefined) return rows;
      Object.assign(head, { place: head.place + offset - passed, row });
      passed = offset;
    }
    let first = heads[0];
    for (const head of heads) if (head !== first && isBefore(head.row, first.row)) first = head;
    if (passed >= offset) rows.push(first.row.item());
    first.place += 1;
    const next = first.list.at(first.place);
    if (next === undefined) heads.splice(heads.indexOf(first), 1);
    else first.row = next;
  }
  return rows;
}

/** @param {Row} one @param {Row} other */
function isBefore(one, other) {
  return one.key < other.key || (one.key === other.key && one.id < other.id);
}
