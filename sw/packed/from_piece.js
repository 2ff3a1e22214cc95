/** Blocks out of the pieces of a snapshot, column by column: no row is ever made. */

import { blockOf, MOST_ROWS, SORTS_BY_NAME } from "./catalogue_block.js";
import { lanesOf } from "./lanes.js";
import { narrow } from "./numbers.js";

/** @typedef {import("../snapshots/unpacked.js").CataloguePiece} CataloguePiece */
/** @typedef {import("../snapshots/unpacked.js").StockPiece} StockPiece */
/** @typedef {import("../snapshots/unpacked.js").Numbers} Numbers */
/** @typedef {import("../snapshots/words.js").Words} Words */
/** @typedef {import("../snapshots/words.js").Texts} PieceTexts */
/** @typedef {import("./catalogue_block.js").CatalogueBlock} CatalogueBlock */
/** @typedef {import("./stock_block.js").StockBlock} StockBlock */

const SPACE = 0x20;
const ZERO = 0x30;

/** Words as bytes, for copying. */
class WordBytes {
  /** @param {Words} words */
  constructor({ count, text, at }) {
    this.bytes = new TextEncoder().encode(text);
    this.ends = new Uint32Array(count);
    const isPlain = this.bytes.length === text.length;
    let end = 0;
    for (let word = 0; word < count; word += 1) {
      // A space stands behind each word but the last.
      end = isPlain ? at[word + 1] - 1 : this.#endFrom(end);
      this.ends[word] = end;
      end += 1;
    }
  }

  /** @param {number} start */
  #endFrom(start) {
    const end = this.bytes.indexOf(SPACE, start);
    return end < 0 ? this.bytes.length : end;
  }
}

/** A column of texts that is being written. */
class Writer {
  length = 0;

  /** @param {number} rows @param {number} bytes_guessed */
  constructor(rows, bytes_guessed) {
    this.bytes = new Uint8Array(bytes_guessed + 64);
    this.ends = new Uint32Array(rows);
  }

  /** @param {Uint8Array} source @param {number} start @param {number} end */
  copy(source, start, end) {
    if (this.length + end - start + 32 > this.bytes.length) this.#grow(end - start);
    for (let place = start; place < end; place += 1) {
      this.bytes[this.length] = source[place];
      this.length += 1;
    }
  }

  /** @param {number} byte */
  put(byte) {
    if (this.length + 32 > this.bytes.length) this.#grow(32);
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** @param {number} number @param {number} digits at least so many */
  number(number, digits) {
    if (this.length + 64 > this.bytes.length) this.#grow(64);
    let width = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) width += 1;
    width = Math.max(width, digits);
    let rest = number;
    for (let place = this.length + width - 1; place >= this.length; place -= 1) {
      const tenth = Math.floor(rest / 10);
      this.bytes[place] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.length += width;
  }

  /** @param {number} more */
  #grow(more) {
    const grown = new Uint8Array((this.length + more + 64) * 2);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** @returns {import("./texts.js").Texts} */
  get texts() {
    return this.length === 0 ? null : { ends: this.ends, bytes: this.bytes.slice(0, this.length) };
  }
}

/** The shared words of a catalogue's pieces, ready for copying. @param {Words} words */
export function wordBytes(words) {
  return new WordBytes(words);
}

/** @param {StockPiece} piece @returns {StockBlock} */
export function stockBlockOf({ rows, keys, versions, on_hand, reserved, in_transit_in, in_transit_out }) {
  const [a, b] = lanesOf(keys, column(versions));
  const figures = {
    on_hand: column(on_hand),
    reserved: column(reserved),
    in_transit_in: column(in_transit_in),
    in_transit_out: column(in_transit_out),
  };
  return { rows, a, b, ids: keys, versions: column(versions), ...figures, odd: new Map() };
}

/** @param {Numbers} numbers */
function column(numbers) {
  return typeof numbers === "number" ? numbers : narrow(numbers);
}

/**
 * @param {CataloguePiece} piece @param {WordBytes} shared
 * @returns {CatalogueBlock[]} as many as its rows need
 */
export function catalogueBlocksOf(piece, shared) {
  const own = new WordBytes(piece.own);
  /** @type {CatalogueBlock[]} */
  const blocks = [];
  const parts = Math.max(1, Math.ceil(piece.rows / MOST_ROWS));
  const length = Math.ceil(piece.rows / parts);
  for (let first = 0; first < piece.rows; first += length) {
    blocks.push(partOf(piece, shared, own, first, Math.min(first + length, piece.rows)));
  }
  return blocks;
}

/** @param {CataloguePiece} piece @param {WordBytes} shared @param {WordBytes} own @param {number} first @param {number} end */
function partOf(piece, shared, own, first, end) {
  const part = (/** @type {Numbers} */ numbers) =>
    typeof numbers === "number" ? numbers : narrow(numbers.subarray(first, end));
  const texts = (/** @type {PieceTexts} */ from) => written(from, first, end, shared, own);
  const listed = (/** @type {PieceTexts} */ from) => listOf(from, shared, own);
  const { gtinAt, gtins } = piece;
  const counts = gtinAt.subarray(first, end + 1);
  const isSingle = counts.every((start, row) => start === counts[0] + row);
  return blockOf({
    rows: end - first,
    ids: piece.keys.slice(first, end),
    versions: part(piece.versions),
    sku: skus(piece, first, end, shared, own),
    name_en: texts(piece.name_en),
    name_zh: texts(piece.name_zh),
    sort_zh: texts(piece.sort_zh),
    brands: listed(piece.brand.texts),
    brand: part(piece.brand.index),
    units: listed(piece.unit.texts),
    unit: part(piece.unit.index),
    price_cents: part(piece.price_cents),
    flags: flags(piece, first, end),
    into: part(piece.into),
    gtins: gtins.slice(gtinAt[first], gtinAt[end]),
    gtinEnds: isSingle ? null : gtinAt.slice(first + 1, end + 1).map((each) => each - gtinAt[first]),
    odd: new Map(),
  });
}

/** @param {CataloguePiece} piece @param {number} first @param {number} end */
function flags({ flags: said, isSorted }, first, end) {
  const all = new Uint8Array(end - first);
  for (let row = 0; row < all.length; row += 1) {
    const flag = typeof said === "number" ? said : said[first + row];
    const sorted = typeof isSorted === "number" ? isSorted : isSorted[first + row];
    all[row] = sorted ? flag : flag | SORTS_BY_NAME;
  }
  return narrow(all);
}

/** @param {PieceTexts} texts @param {number} first @param {number} end @param {WordBytes} shared @param {WordBytes} own */
function written(texts, first, end, shared, own) {
  // A word takes some six letters and a space.
  const writer = new Writer(end - first, (texts.at[end] - texts.at[first]) * 8);
  for (let row = first; row < end; row += 1) {
    copied(writer, texts, row, shared, own);
    writer.ends[row - first] = writer.length;
  }
  return writer.texts;
}

/** @param {Writer} writer @param {PieceTexts} texts @param {number} row @param {WordBytes} shared @param {WordBytes} own */
function copied(writer, { at, words }, row, shared, own) {
  const start = at[row];
  for (let place = start; place < at[row + 1]; place += 1) {
    if (place > start) writer.put(SPACE);
    const word = words[place];
    const isShared = word < shared.ends.length;
    const { bytes, ends } = isShared ? shared : own;
    const number = isShared ? word : word - shared.ends.length;
    writer.copy(bytes, number > 0 ? ends[number - 1] + 1 : 0, ends[number]);
  }
}

/** @param {CataloguePiece} piece @param {number} first @param {number} end @param {WordBytes} shared @param {WordBytes} own */
function skus({ sku, gtinAt, gtins }, first, end, shared, own) {
  const writer = new Writer(end - first, (end - first) * 16);
  const numberOf = (/** @type {Numbers} */ numbers, /** @type {number} */ row) =>
    typeof numbers === "number" ? numbers : numbers[row];
  for (let row = first; row < end; row += 1) {
    const stem = numberOf(sku.stem, row);
    const digits = numberOf(sku.digits, row);
    // Without a stem it is the first barcode as it is printed: as 8, 13 or 14 digits.
    if (stem === 0) writer.number(gtins[gtinAt[row]], gtins[gtinAt[row]] < 1e8 ? 8 : 13);
    else {
      copied(writer, sku.stems, stem - 1, shared, own);
      if (digits > 0) writer.number(numberOf(sku.number, row), digits);
    }
    writer.ends[row - first] = writer.length;
  }
  return writer.texts;
}

/** @param {PieceTexts} texts @param {WordBytes} shared @param {WordBytes} own */
function listOf(texts, shared, own) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return Array.from({ length: texts.at.length - 1 }, (_, row) => {
    const writer = new Writer(1, 64);
    copied(writer, texts, row, shared, own);
    return decoder.decode(writer.bytes.subarray(0, writer.length));
  });
}
