/** A piece of a snapshot as columns; made by `server/snapshots/packing.py`, told of in `sync/PROTOCOL.md`. */

import { readEach, readNumbers, Streams } from "./numbers.js";
import { NO_WORDS, readWords, textReader } from "./words.js";

/** @typedef {import("./numbers.js").Numbers} Numbers */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./words.js").Texts} Texts */
/** @typedef {{texts: Texts, index: Numbers}} Listed each row's text is the one at its place in the list */

/**
 * The words that the other pieces lean on.
 * @typedef {{noun: "words", rows: 0, words: Words}} SharedPiece
 */
/**
 * Goods in the order of their first barcode, those without one behind them. A column is one number where all rows have
 * the same. `keys` are the items' ids, `flags` 1 = lot, 2 = expiry, 4 = archived, `into` 0 = not merged. The barcodes
 * of row i are `gtins[gtinAt[i]]` to `gtins[gtinAt[i + 1] - 1]`, ascending, as numbers; so the first ones ascend too.
 * `sku.stem` is 0 where the SKU is the printed first barcode, else the place + 1 of what stands before `digits` digits
 * of `number`. `sort_zh` is said where `isSorted` is 1, elsewhere it is the sort key of the English name.
 * @typedef {{noun: "catalogue", rows: number, keys: Int32Array, versions: Numbers, gtinAt: Uint32Array,
 *   gtins: Float64Array, sku: {stems: Texts, stem: Numbers, digits: Numbers, number: Numbers}, name_en: Texts,
 *   name_zh: Texts, brand: Listed, unit: Listed, price_cents: Numbers, flags: Numbers, into: Numbers,
 *   isSorted: Numbers, sort_zh: Texts, own: Words}} CataloguePiece
 */
/**
 * Figures in the order of their items' ids.
 * @typedef {{noun: "stock", rows: number, keys: Int32Array, versions: Numbers, on_hand: Numbers, reserved: Numbers,
 *   in_transit_in: Numbers, in_transit_out: Numbers}} StockPiece
 */
/** @typedef {SharedPiece | CataloguePiece | StockPiece} Unpacked */

/** @typedef {(name: string) => any} Column the column of this name, which has to be the next one */

const FORMAT = 1;

/**
 * Nothing is kept of `bytes`. A piece with words (the first of a catalogue's) is given to those after it as `shared`.
 * @param {Uint8Array} bytes as the hub sends it, without its content coding
 * @param {Words} shared
 * @returns {Unpacked}
 */
export function unpack(bytes, shared = NO_WORDS) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
  if (head.format !== FORMAT) throw new Error(`a snapshot of format ${head.format}`);
  const streams = new Streams(bytes, 4 + size, 4 + size + head.plain);
  let next = 0;
  /** @type {Column} */
  const spec = (name) => {
    const [known, told] = head.columns[next++];
    if (known !== name) throw new Error(`column ${known} where ${name} should be`);
    return told;
  };
  if (head.noun === "words") return { noun: "words", rows: 0, words: readWords(spec("words"), streams) };
  return head.noun === "stock" ? stock(head.rows, spec, streams) : catalogue(head.rows, spec, streams, shared);
}

/** @param {number} rows @param {Column} spec @param {Streams} streams @returns {StockPiece} */
function stock(rows, spec, streams) {
  const numbers = /** @param {string} name */ (name) => readNumbers(spec(name), streams);
  return {
    noun: "stock",
    rows,
    keys: Int32Array.from(readEach(spec("id"), streams)),
    versions: numbers("version"),
    on_hand: numbers("on_hand"),
    reserved: numbers("reserved"),
    in_transit_in: numbers("in_transit_in"),
    in_transit_out: numbers("in_transit_out"),
  };
}

/**
 * @param {number} rows @param {Column} spec @param {Streams} streams @param {Words} shared @returns {CataloguePiece}
 */
function catalogue(rows, spec, streams, shared) {
  const readTexts = textReader(shared);
  const numbers = /** @param {string} name */ (name) => readNumbers(spec(name), streams);
  const texts = /** @param {string} name */ (name) => readTexts(spec(name), streams);
  const listed = /** @param {string} name */ (name) => ({ texts: texts(`${name}s`), index: numbers(name) });
  const keys = Int32Array.from(readEach(spec("id"), streams));
  // Read in this order, which is that of the streams.
  return {
    noun: "catalogue",
    rows,
    keys,
    versions: numbers("version"),
    ...barcodes(spec, streams),
    sku: {
      stems: texts("sku_stems"),
      stem: numbers("sku_stem"),
      digits: numbers("sku_digits"),
      number: numbers("sku_number"),
    },
    name_en: texts("name_en"),
    name_zh: texts("name_zh"),
    brand: listed("brand"),
    unit: listed("unit"),
    price_cents: numbers("price_cents"),
    flags: numbers("flags"),
    into: numbers("into"),
    isSorted: numbers("is_sorted"),
    sort_zh: texts("sort_zh"),
    own: readWords(spec("words"), streams),
  };
}

/** @param {Column} spec @param {Streams} streams */
function barcodes(spec, streams) {
  const counts = readEach(spec("gtin_count"), streams);
  const firsts = readEach(spec("gtin"), streams);
  const more = readEach(spec("gtin_more"), streams);
  const gtinAt = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) gtinAt[i + 1] = gtinAt[i] + counts[i];
  const gtins = new Float64Array(gtinAt[counts.length]);
  let [first, other] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    for (let j = 0; j < counts[i]; j++) {
      gtins[gtinAt[i] + j] = checked(firsts[first] + (j === 0 ? 0 : more[other++]));
    }
    if (counts[i] > 0) first += 1;
  }
  const places = readEach(spec("gtin_odd"), streams);
  const digits = readEach(spec("gtin_odd_digit"), streams);
  for (let i = 0; i < places.length; i++) gtins[places[i]] = gtins[places[i]] - (gtins[places[i]] % 10) + digits[i];
  return { gtinAt, gtins };
}

/** A barcode of its digits but the last. @param {number} payload */
function checked(payload) {
  let weighted = 0;
  let weight = 3;
  for (let rest = payload; rest > 0; weight = 4 - weight) {
    const tens = Math.floor(rest / 10);
    weighted += (rest - tens * 10) * weight;
    rest = tens;
  }
  return payload * 10 + ((10 - (weighted % 10)) % 10);
}
