/** The keys by which a catalogue is listed, made from what its blocks hold without reading each name as a text. */

import { SORTS_BY_NAME } from "./catalogue_block.js";
import { unitAt } from "./folding.js";
import { at } from "./numbers.js";
import { spanOf, textAt } from "./texts.js";

/** @typedef {import("./catalogue_block.js").CatalogueBlock} CatalogueBlock */
/** @typedef {import("../catalogue_index.js").Locale} Locale */

const ZERO = 0x30;
const NINE = 0x39;

/** Key after key: a writer that grows. */
export class SortKeys {
  #units;
  #length = 0;
  #ends;
  #rows = 0;

  /** @param {number} rows @param {number} units_guessed */
  constructor(rows, units_guessed) {
    this.#units = new Uint16Array(units_guessed + 64);
    this.#ends = new Uint32Array(rows);
  }

  /** @param {CatalogueBlock} block @param {number} row @param {Locale} locale */
  add(block, row, locale) {
    const isByName = (at(block.flags, row) & SORTS_BY_NAME) !== 0;
    const length = at(block.nameLengths, row);
    const [first, end] = spanOf(block.name_en, row);
    if (isByName || (locale === "en" && first < end)) {
      const start = row > 0 ? block.foldedEnds[row - 1] : 0;
      this.#room(length * 3);
      this.#name(block.folded, start, start + length);
    } else this.#text(textAt(block.sort_zh, row));
    this.#ends[this.#rows] = this.#length;
    this.#rows += 1;
  }

  /** @returns {import("./sorting.js").Keys} */
  get keys() {
    return { units: this.#units.subarray(0, this.#length), ends: this.#ends };
  }

  /** `sortKey` of a folded text. @param {Uint8Array} folded @param {number} start @param {number} end */
  #name(folded, start, end) {
    for (let place = start; place < end; ) {
      const byte = folded[place];
      if (byte >= ZERO && byte <= NINE) place = this.#number(folded, place, end);
      else if (byte < 0x80) {
        this.#put(byte);
        place += 1;
      } else place = this.#beyond(folded, place);
    }
  }

  /** @param {Uint8Array} folded @param {number} place */
  #beyond(folded, place) {
    const [unit, width] = unitAt(folded, place);
    if (unit < 0xd800 || unit >= 0xdc00) {
      this.#put(unit);
      return place + width;
    }
    const [low] = unitAt(folded, place + width);
    this.#put(0xffff);
    this.#put(0x4000 + (unit & 0x3ff));
    this.#put(0x4000 + (low & 0x3ff));
    return place + 2 * width;
  }

  /** Digits with their number before them, so that 9 comes before 10. @param {Uint8Array} folded @param {number} start @param {number} most */
  #number(folded, start, most) {
    let end = start;
    while (end < most && folded[end] >= ZERO && folded[end] <= NINE) end += 1;
    let first = start;
    while (first < end - 1 && folded[first] === ZERO) first += 1;
    const count = end - first;
    for (let nines = 0; nines < Math.floor(count / 9); nines += 1) this.#put(NINE);
    this.#put(ZERO + (count % 9));
    for (let place = first; place < end; place += 1) this.#put(folded[place]);
    return end;
  }

  /** @param {string} text */
  #text(text) {
    this.#room(text.length);
    for (let place = 0; place < text.length; place += 1) this.#put(text.charCodeAt(place));
  }

  /** @param {number} unit */
  #put(unit) {
    this.#units[this.#length] = unit;
    this.#length += 1;
  }

  /** @param {number} units */
  #room(units) {
    if (this.#length + units <= this.#units.length) return;
    const grown = new Uint16Array((this.#length + units) * 2);
    grown.set(this.#units.subarray(0, this.#length));
    this.#units = grown;
  }
}
