/** Finds words in the folded texts of a packed catalogue. */

import { MOST_COUNTED } from "../../sync/shelf.js";
import { sought } from "./folding.js";
import { placeIn } from "./packed_index.js";

/** @typedef {import("./packed_catalogue.js").PackedCatalogue} PackedCatalogue */
/** @typedef {import("../catalogue_index.js").Locale} Locale */

// Looked through one by one where something wider was sought before: more take as long as all texts at once.
const FEW = 2_000;

/**
 * Places of items in which every word stands, in the order of a language.
 *
 * They are counted text after text, and no further than a list counts; only those that somebody looks at are put in
 * order, by walking along the order until so many of them have come.
 */
export class Found {
  /** How many there are, as far as a list counts. */
  length = 0;
  #packed;
  #words;
  #order;
  #isListed;
  /** Where they are, unless there are so many that nobody counts them. @type {Uint8Array | null} */
  #hits;
  /** Those that are marked, block by block. @type {number[]} */
  #marked = [];
  /** Those that were looked at, in order. @type {number[]} */
  #places = [];
  #walked = 0;

  /**
   * @param {PackedCatalogue} packed @param {string[]} words @param {Locale} locale
   * @param {(place: number) => boolean} isListed
   * @param {Found | null} wider in which all of it is
   */
  constructor(packed, words, locale, isListed, wider) {
    this.#packed = packed;
    this.#words = words.filter((word) => word !== "").map(sought);
    this.#words.sort((one, other) => other.length - one.length);
    this.#order = packed.index[locale];
    this.#isListed = isListed;
    const few = wider?.few ?? null;
    if (few !== null) this.#hits = this.#narrowed(few);
    else this.#hits = this.#words.length > 0 ? this.#scanned() : null;
    if (this.#words.length === 0) this.#countAll();
  }

  /** All places, block by block, where there are but few. @returns {number[] | null} */
  get few() {
    return this.#hits !== null && this.#marked.length <= FEW ? this.#marked : null;
  }

  /** @param {number} at below `length`, or beyond where more are there than are counted @returns {number | undefined} */
  place(at) {
    while (this.#places.length <= at && this.#walked < this.#order.length) {
      const place = this.#order[this.#walked];
      this.#walked += 1;
      if (this.#isFound(place)) this.#places.push(place);
    }
    return this.#places[at];
  }

  /** @param {number} place */
  #isFound(place) {
    if (this.#hits !== null) return this.#hits[place] !== 0;
    return this.#isListed(place) && all(this.#words, this.#packed.words(place));
  }

  #countAll() {
    for (let at = 0; at < this.#order.length && this.length <= MOST_COUNTED; at += 1) {
      if (this.#isListed(this.#order[at])) this.length += 1;
    }
  }

  /** @param {number[]} places */
  #narrowed(places) {
    const hits = new Uint8Array(this.#packed.extent);
    for (const place of places) if (all(this.#words, this.#packed.words(place))) this.#mark(hits, place);
    return hits;
  }

  /** @param {Uint8Array} hits @param {number} place */
  #mark(hits, place) {
    hits[place] = 1;
    this.length += 1;
    this.#marked.push(place);
  }

  /** Marks all, or gives up where there are more than anybody counts. */
  #scanned() {
    const hits = new Uint8Array(this.#packed.extent);
    const [longest, ...others] = this.#words;
    for (const [number, { foldedEnds }] of this.#packed.blocks.entries()) {
      const text = this.#packed.text(number);
      let row = 0;
      for (let at = text.indexOf(longest); at >= 0; at = text.indexOf(longest, foldedEnds[row])) {
        row = rowAt(foldedEnds, at, row);
        const place = placeIn(number, row);
        if (others.length > 0 && !all(others, this.#packed.words(place))) continue;
        if (!this.#isListed(place)) continue;
        this.#mark(hits, place);
        if (this.length > MOST_COUNTED) return null;
      }
    }
    return hits;
  }
}

/** @param {string[]} words @param {string} text */
function all(words, text) {
  for (const word of words) if (!text.includes(word)) return false;
  return true;
}

/** The row in which a character of the text stands. @param {Uint32Array} ends @param {number} at @param {number} from a row that is not behind it */
function rowAt(ends, at, from) {
  // Most often it is one of the next few.
  let width = 1;
  let low = from;
  while (low + width < ends.length && ends[low + width - 1] <= at) {
    low += width;
    width *= 2;
  }
  let high = Math.min(low + width, ends.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
