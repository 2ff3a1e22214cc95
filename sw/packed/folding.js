/**
 * The texts that search looks in: names, brand and SKU of each row folded, one after the other.
 *
 * They are written in bytes that the browser makes a text of one byte a character of, in which it searches fastest and
 * which takes half the room: what is not ASCII is a lead (0xb0 with ten bits, 0xa0 with sixteen) and trails of six.
 * No byte of one kind is ever one of another, so a text is found where it stands and nowhere else.
 *
 * Comes to the same as `fold` of `sync/formats.js`, from UTF-8 straight to those bytes through one table: a hundred thousand
 * names in some ten milliseconds where the twin, character by character, takes half a second. A test holds both together.
 */

import { FOLDS, MARKS, SPACES } from "../../sync/fold_table.js";
import { step } from "./numbers.js";

const SPACE = 0x20;
// Marks of the table; neither is ever in a name as itself: both are surrogates.
const NOTHING = 0xd800;
const SEVERAL = 0xdfff;
const LEAD_OF_SIXTEEN = 0xa0;
const LEAD_OF_TEN = 0xb0;
const TRAIL = 0xc0;
/** Between two rows: no folded text holds it. */
const ROW_END = 0x0a;

/** Folded code unit by code unit. @type {Uint16Array | null} */
let table = null;
/** What becomes several characters, or stands beyond the table. @type {Map<number, string>} */
const several = new Map();

function tableOf() {
  if (table !== null) return table;
  table = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
  for (const [first, last] of ranges(MARKS)) table.fill(NOTHING, first, last + 1);
  for (const [first, last] of ranges(SPACES)) table.fill(SPACE, first, last + 1);
  for (const entry of FOLDS.flatMap((line) => line.split(" "))) {
    const [sources, target] = entry.split("\u2192");
    for (const source of sources) {
      const point = /** @type {number} */ (source.codePointAt(0));
      if (point < 0x10000 && target.length === 1) table[point] = target.charCodeAt(0);
      else {
        if (point < 0x10000) table[point] = SEVERAL;
        several.set(point, target);
      }
    }
  }
  return table;
}

/** @param {string} characters as a class of a regular expression lists them @returns {[number, number][]} */
function ranges(characters) {
  /** @type {[number, number][]} */
  const found = [];
  for (let place = 0; place < characters.length; place += 1) {
    const first = characters.charCodeAt(place);
    const isRange = characters[place + 1] === "-" && place + 2 < characters.length;
    found.push([first, isRange ? characters.charCodeAt(place + 2) : first]);
    if (isRange) place += 2;
  }
  return found;
}

export class FoldedText {
  #table = tableOf();
  #bytes;
  #length = 0;
  /** Whether a space is due before the next character. */
  #isApart = false;
  #rowStart = 0;
  #isBegun = false;
  /** Of the field that is being written. */
  hash = 0;

  /** @param {number} length_guessed in bytes */
  constructor(length_guessed) {
    this.#bytes = new Uint8Array(length_guessed + 64);
  }

  get length() {
    return this.#length;
  }

  /** Where the next field begins. */
  beginField() {
    this.#isApart = this.#length > this.#rowStart;
    this.#isBegun = false;
    this.hash = 0;
  }

  endRow() {
    this.#room(1);
    this.#bytes[this.#length] = ROW_END;
    this.#length += 1;
    this.#rowStart = this.#length;
    this.#isApart = false;
  }

  /** Folds UTF-8 from `start` to `end` on to what is there. @param {Uint8Array} bytes @param {number} start @param {number} end */
  write(bytes, start, end) {
    this.#room(end - start);
    for (let place = start; place < end; ) {
      const byte = bytes[place];
      let point = byte;
      if (byte < 0x80) place += 1;
      else if (byte < 0xe0) {
        point = ((byte & 0x1f) << 6) | (bytes[place + 1] & 0x3f);
        place += 2;
      } else if (byte < 0xf0) {
        point = ((byte & 0xf) << 12) | ((bytes[place + 1] & 0x3f) << 6) | (bytes[place + 2] & 0x3f);
        place += 3;
      } else {
        point = ((byte & 7) << 18) | ((bytes[place + 1] & 0x3f) << 12);
        point |= ((bytes[place + 2] & 0x3f) << 6) | (bytes[place + 3] & 0x3f);
        place += 4;
      }
      const unit = point < 0x10000 ? this.#table[point] : SEVERAL;
      if (unit === SPACE) this.#isApart = this.#length > this.#rowStart;
      else if (unit === SEVERAL) this.#several(several.get(point) ?? String.fromCodePoint(point), end - place);
      else if (unit !== NOTHING) this.#put(unit);
    }
  }

  /** @param {number} unit */
  #put(unit) {
    if (this.#isApart) {
      if (this.#isBegun) this.hash = step(this.hash, SPACE);
      this.#bytes[this.#length] = SPACE;
      this.#length += 1;
      this.#isApart = false;
    }
    this.hash = step(this.hash, unit);
    this.#isBegun = true;
    if (unit < 0x80) {
      this.#bytes[this.#length] = unit;
      this.#length += 1;
    } else this.#length = encoded(this.#bytes, this.#length, unit);
  }

  /** @param {string} text @param {number} bytes that are still to come */
  #several(text, bytes) {
    this.#room(text.length + bytes);
    for (let place = 0; place < text.length; place += 1) this.#put(text.charCodeAt(place));
  }

  /** A byte gives a space that was due and three others at most. @param {number} bytes */
  #room(bytes) {
    const wanted = this.#length + 4 * bytes + 64;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(wanted + (wanted >> 1));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  packed() {
    return this.#bytes.slice(0, this.#length);
  }
}

/** @param {Uint8Array | number[]} bytes @param {number} length @param {number} unit at least 0x80 @returns {number} the new length */
function encoded(bytes, length, unit) {
  if (unit < 0x400) {
    bytes[length] = LEAD_OF_TEN | (unit >> 6);
    bytes[length + 1] = TRAIL | (unit & 0x3f);
    return length + 2;
  }
  bytes[length] = LEAD_OF_SIXTEEN | (unit >> 12);
  bytes[length + 1] = TRAIL | ((unit >> 6) & 0x3f);
  bytes[length + 2] = TRAIL | (unit & 0x3f);
  return length + 3;
}

/** The unit at `place`, and how many bytes it takes. @param {Uint8Array} bytes @param {number} place @returns {[number, number]} */
export function unitAt(bytes, place) {
  const lead = bytes[place];
  if (lead < 0x80) return [lead, 1];
  if (lead >= LEAD_OF_TEN) return [((lead & 0xf) << 6) | (bytes[place + 1] & 0x3f), 2];
  return [((lead & 0xf) << 12) | ((bytes[place + 1] & 0x3f) << 6) | (bytes[place + 2] & 0x3f), 3];
}

// The bytes in use are the same characters in it as in Latin-1, one by one.
const decoder = new TextDecoder("windows-1252");

/** As a text to search in. @param {Uint8Array} packed */
export function unfolded(packed) {
  return decoder.decode(packed);
}

/** What to search for in such a text. @param {string} folded */
export function sought(folded) {
  /** @type {number[]} */
  const bytes = [];
  for (let place = 0; place < folded.length; place += 1) {
    const unit = folded.charCodeAt(place);
    if (unit < 0x80) bytes.push(unit);
    else encoded(bytes, bytes.length, unit);
  }
  return String.fromCharCode(...bytes);
}
