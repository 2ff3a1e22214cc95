/** The items of some catalogues, found by id, barcode, SKU or words, and sorted in each language. */

import { fold, sortKey } from "../sync/formats.js";

/** @typedef {{id: number, sku: string, name_en: string, name_zh: string, brand: string, unit: string,
 *   price_cents: number, lot: boolean, expiry: boolean, archived: boolean, sort_zh: string, gtins: string[], into?: number}} Item */
/** @typedef {"en" | "zh"} Locale */

// Folding ten thousand names takes as long as everything else together; a row that did not change is not folded again.
/** @type {WeakMap<Item, string>} */
const searchTexts = new WeakMap();
/** @type {WeakMap<Item, string>} */
const englishKeys = new WeakMap();

export class CatalogueIndex {
  #catalogues;
  /** @type {Map<number, Item> | null} */
  #items = null;
  /** @type {Map<string, Item> | null} */
  #gtins = null;
  /** @type {Map<string, Item> | null} */
  #skus = null;
  /** @type {Partial<Record<Locale, Item[]>>} */
  #sorted = {};

  /** Reads nothing before it is asked. @param {Iterable<{rows: Map<string, Item>}>} catalogues */
  constructor(catalogues) {
    this.#catalogues = catalogues;
  }

  get items() {
    if (this.#items === null) {
      this.#items = new Map();
      for (const { rows } of this.#catalogues) for (const item of rows.values()) this.#items.set(item.id, item);
    }
    return this.#items;
  }

  /** @param {string} gtin 14 digits */
  byGtin(gtin) {
    if (this.#gtins === null) {
      this.#gtins = new Map();
      for (const item of this.items.values()) for (const each of item.gtins) this.#gtins.set(each, item);
    }
    return this.#gtins.get(gtin) ?? null;
  }

  /** Whatever its case and spacing. @param {string} sku */
  bySku(sku) {
    this.#skus ??= new Map([...this.items.values()].map((item) => [fold(item.sku), item]));
    return this.#skus.get(fold(sku)) ?? null;
  }

  /** @param {Locale} locale */
  sorted(locale) {
    this.#sorted[locale] ??= [...this.items.values()].sort((one, other) => {
      const [mine, theirs] = [sortText(one, locale), sortText(other, locale)];
      return mine < theirs ? -1 : Number(mine > theirs) || one.id - other.id;
    });
    return this.#sorted[locale];
  }

  /**
   * Items in stock lists (archived ones are left out) in which every word of `q` stands, sorted.
   * @param {string} q @param {Locale} locale
   */
  search(q, locale) {
    const words = fold(q).split(" ");
    return this.sorted(locale).filter((item) => {
      if (item.archived) return false;
      const text = searchText(item);
      return words.every((word) => text.includes(word));
    });
  }
}

/** @param {Item} item */
function searchText(item) {
  let text = searchTexts.get(item);
  if (text === undefined) {
    text = fold(`${item.name_en} ${item.name_zh} ${item.brand} ${item.sku}`);
    searchTexts.set(item, text);
  }
  return text;
}

/** An item without an English name stands where its pinyin does. @param {Item} item @param {Locale} locale */
function sortText(item, locale) {
  if (locale === "zh" || item.name_en === "") return item.sort_zh;
  let key = englishKeys.get(item);
  if (key === undefined) {
    key = sortKey(item.name_en);
    englishKeys.set(item, key);
  }
  return key;
}
