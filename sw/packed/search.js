/** Finds words in the folded texts of a packed catalogue. */

import { sought } from "./folding.js";
import { placeIn } from "./packed_index.js";

/** @typedef {import("./packed_catalogue.js").PackedCatalogue} PackedCatalogue */
/** @typedef {import("../catalogue_index.js").Locale} Locale */

const SAMPLE_ROWS = 1024;
// Where one row in so many is found, reading along the order ends sooner than reading all.
const OFTEN = 16;

/**
 * Places of items in which every word stands, in the order of a language, up to `most` of them.
 * @param {PackedCatalogue} packed @param {string[]} words @param {Locale} locale @param {number} most
 * @param {(place: number) => boolean} isListed @returns {number[]}
 */
export function found(packed, words, locale, most, isListed) {
  const asked = words.filter((word) => word !== "").map(sought);
  asked.sort((one, other) => other.length - one.length);
  const order = packed.index[locale];
  if (asked.length === 0 || isOften(packed, asked, order)) return along(packed, asked, order, most, isListed);
  const hits = new Uint8Array(packed.extent);
  if (scanned(packed, asked, hits) === 0) return [];
  const places = [];
  for (let at = 0; at < order.length && places.length < most; at += 1) {
    if (hits[order[at]] !== 0 && isListed(order[at])) places.push(order[at]);
  }
  return places;
}

/** @param {PackedCatalogue} packed @param {string[]} words @param {Int32Array} order */
function isOften(packed, words, order) {
  const stride = Math.max(1, Math.floor(order.length / SAMPLE_ROWS));
  let count = 0;
  let seen = 0;
  for (let at = 0; at < order.length; at += stride) {
    seen += 1;
    if (stands(packed, words, order[at])) count += 1;
  }
  return count * OFTEN > seen;
}

/** @param {PackedCatalogue} packed @param {string[]} words @param {number} place */
function stands(packed, words, place) {
  const text = packed.words(place);
  return words.every((word) => text.includes(word));
}

/**
 * @param {PackedCatalogue} packed @param {string[]} words @param {Int32Array} order @param {number} most
 * @param {(place: number) => boolean} isListed @returns {number[]}
 */
function along(packed, words, order, most, isListed) {
  const places = [];
  for (let at = 0; at < order.length && places.length < most; at += 1) {
    const place = order[at];
    if (isListed(place) && stands(packed, words, place)) places.push(place);
  }
  return places;
}

/**
 * Marks the places whose texts hold all words; how many it has marked.
 * @param {PackedCatalogue} packed @param {string[]} words @param {Uint8Array} hits
 */
function scanned(packed, [longest, ...others], hits) {
  let count = 0;
  for (const [number, { foldedEnds }] of packed.blocks.entries()) {
    const text = packed.text(number);
    let row = 0;
    for (let at = text.indexOf(longest); at >= 0; at = text.indexOf(longest, foldedEnds[row])) {
      row = rowAt(foldedEnds, at, row);
      const start = row > 0 ? foldedEnds[row - 1] : 0;
      if (others.length > 0 && !othersStand(text.slice(start, foldedEnds[row] - 1), others)) continue;
      hits[placeIn(number, row)] = 1;
      count += 1;
    }
  }
  return count;
}

/** @param {string} text @param {string[]} words */
function othersStand(text, words) {
  return words.every((word) => text.includes(word));
}

/** The row in which a character of the text stands. @param {Uint32Array} ends @param {number} at @param {number} from a row that is not behind it */
function rowAt(ends, at, from) {
  let [low, high] = [from, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
