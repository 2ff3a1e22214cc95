/** Items that lie in no block: those of a small shop, and what has changed since a big catalogue was packed. */

import { fold, sortKey } from "../sync/formats.js";

/** @typedef {import("./catalogue_index.js").Item} Item */
/** @typedef {import("./catalogue_index.js").Locale} Locale */

// Folding ten thousand names takes as long as everything else together; a row that did not change is not folded again.
/** @type {WeakMap<Item, string>} */
const searchTexts = new WeakMap();
/** @type {WeakMap<Item, string>} */
const englishKeys = new WeakMap();

export class LooseItems {
  /** @type {Map<number, Item>} */
  #items = new Map();
  /** @type {Map<string, Item> | null} */
  #gtins = null;
  /** @type {Map<string, Item> | null} */
  #skus = null;
  /** Sorted when first asked for; each change then finds its place. @type {Partial<Record<Locale, Item[]>>} */
  #sorted = {};

  get size() {
    return this.#items.size;
  }

  /** @param {number} id */
  get(id) {
    return this.#items.get(id);
  }

  /** @param {number} id */
  has(id) {
    return this.#items.has(id);
  }

  ids() {
    return this.#items.keys();
  }

  /** @param {number} id @param {Item} item */
  put(id, item) {
    this.remove(id);
    this.#items.set(id, item);
    if (this.#gtins !== null) for (const gtin of item.gtins) this.#gtins.set(gtin, item);
    this.#skus?.set(fold(item.sku), item);
    for (const [locale, list] of listsIn(this.#sorted)) list.splice(placeIn(list, item, locale), 0, item);
  }

  /** @param {number} id */
  remove(id) {
    const item = this.#items.get(id);
    if (item === undefined) return;
    this.#items.delete(id);
    for (const gtin of item.gtins) if (this.#gtins?.get(gtin) === item) this.#gtins.delete(gtin);
    if (this.#skus?.get(fold(item.sku)) === item) this.#skus.delete(fold(item.sku));
    for (const [locale, list] of listsIn(this.#sorted)) list.splice(placeIn(list, item, locale), 1);
  }

  /** @param {string} gtin 14 digits */
  byGtin(gtin) {
    this.#gtins ??= new Map([...this.#items.values()].flatMap((item) => item.gtins.map((each) => [each, item])));
    return this.#gtins.get(gtin) ?? null;
  }

  /** @param {string} folded */
  bySku(folded) {
    this.#skus ??= new Map([...this.#items.values()].map((item) => [fold(item.sku), item]));
    return this.#skus.get(folded) ?? null;
  }

  /** @param {Locale} locale */
  sorted(locale) {
    this.#sorted[locale] ??= [...this.#items.values()].sort((one, other) => compared(one, other, locale));
    return this.#sorted[locale];
  }

  /**
   * Items in stock lists (archived ones are left out) in which every word stands, sorted.
   * @param {string[]} words @param {Locale} locale @param {(id: number) => boolean} isListed
   */
  found(words, locale, isListed) {
    return this.sorted(locale).filter((item) => {
      if (item.archived || !isListed(item.id)) return false;
      const text = searchText(item);
      return words.every((word) => text.includes(word));
    });
  }
}

/** @param {Partial<Record<Locale, Item[]>>} lists */
function listsIn(lists) {
  return /** @type {[Locale, Item[]][]} */ (Object.entries(lists));
}

/** Where an item stands, or would. @param {Item[]} list @param {Item} item @param {Locale} locale */
function placeIn(list, item, locale) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compared(list[middle], item, locale) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Item} one @param {Item} other @param {Locale} locale */
function compared(one, other, locale) {
  const [mine, theirs] = [sortText(one, locale), sortText(other, locale)];
  return mine < theirs ? -1 : Number(mine > theirs) || one.id - other.id;
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
export function sortText(item, locale) {
  if (locale === "zh" || item.name_en === "") return item.sort_zh;
  let key = englishKeys.get(item);
  if (key === undefined) {
    key = sortKey(item.name_en);
    englishKeys.set(item, key);
  }
  return key;
}
