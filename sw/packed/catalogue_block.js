/** Some thousand items of a catalogue in columns, as they lie in the database and in memory; an item is read on demand. */

import { sortKey } from "../../sync/formats.js";
import { FoldedText } from "./folding.js";
import { lanesOf } from "./lanes.js";
import { at, mixed, narrow } from "./numbers.js";
import { spanOf, textAt, textsOf } from "./texts.js";

/** @typedef {import("../catalogue_index.js").Item} Item */
/** @typedef {import("./numbers.js").Column} Column */
/** @typedef {import("./texts.js").Texts} Texts */
/**
 * `a`, `b` are the lanes of the checksum over its rows. `skus` are hashes of folded SKUs. `gtins` of row r end at
 * `gtinEnds[r]`; null: one a row. `odd` are rows that do not fit, as JSON. `folded` ends a row at `foldedEnds[r]`.
 * @typedef {object} CatalogueBlock
 * @property {number} rows @property {number} a @property {number} b
 * @property {Int32Array} ids @property {Column} versions
 * @property {Texts} sku @property {Texts} name_en @property {Texts} name_zh @property {Texts} sort_zh
 * @property {string[]} brands @property {Column} brand @property {string[]} units @property {Column} unit
 * @property {Column} price_cents @property {Column} flags @property {Column} into
 * @property {Float64Array} gtins @property {Uint32Array | null} gtinEnds @property {Map<number, string>} odd
 * @property {Column} nameLengths in bytes of the folded English name, with which the folded text begins
 * @property {Uint32Array} skus @property {Uint8Array} folded @property {Uint32Array} foldedEnds
 */
/** What a block is made of before its search text: the columns alone. @typedef {Omit<CatalogueBlock, "a" | "b" | "nameLengths" | "skus" | "folded" | "foldedEnds">} Columns */

export const MOST_ROWS = 16_384;
export const LOT = 1;
export const EXPIRY = 2;
export const ARCHIVED = 4;
/** `sort_zh` follows from the English name. */
export const SORTS_BY_NAME = 8;

/** @param {[string, number, any][]} puts at most `MOST_ROWS`, with whole numbers as keys @returns {CatalogueBlock} */
export function catalogueBlock(puts) {
  /** @type {Map<number, string>} */
  const odd = new Map();
  const items = puts.map(([key, , item], row) => {
    if (fits(item, key)) return /** @type {Item} */ (item);
    odd.set(row, JSON.stringify(item));
    return asFarAsItFits(item, key);
  });
  const [brands, brand] = listed(items.map((item) => item.brand));
  const [units, unit] = listed(items.map((item) => item.unit));
  const flags = items.map(flagsOf);
  const gtins = items.map((item) => item.gtins);
  return blockOf({
    rows: puts.length,
    ids: Int32Array.from(items, (item) => item.id),
    versions: narrow(puts.map(([, version]) => version)),
    sku: textsOf(items.map((item) => item.sku)),
    name_en: textsOf(items.map((item) => item.name_en)),
    name_zh: textsOf(items.map((item) => item.name_zh)),
    sort_zh: textsOf(items.map((item, row) => (flags[row] & SORTS_BY_NAME ? "" : item.sort_zh))),
    brands,
    brand,
    units,
    unit,
    price_cents: narrow(items.map((item) => item.price_cents)),
    flags: narrow(flags),
    into: narrow(items.map((item) => item.into ?? 0)),
    gtins: Float64Array.from(gtins.flat(), Number),
    gtinEnds: gtins.every((each) => each.length === 1) ? null : endsOf(gtins),
    odd,
  });
}

/** Makes the search text and the checksum of columns. @param {Columns} columns @returns {CatalogueBlock} */
export function blockOf(columns) {
  const { rows, ids, versions, name_en, name_zh, sku } = columns;
  const bytes = [name_en, name_zh, sku].reduce((sum, texts) => sum + (texts?.bytes.length ?? 0), 0);
  const folded = new FoldedText(bytes + rows * 12);
  const brands = columns.brands.map((brand) => new TextEncoder().encode(brand));
  const foldedEnds = new Uint32Array(rows);
  const skus = new Uint32Array(rows);
  const nameLengths = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const start = folded.length;
    written(folded, name_en, row);
    nameLengths[row] = folded.length - start;
    written(folded, name_zh, row);
    const brand = brands[at(columns.brand, row)];
    folded.beginField();
    folded.write(brand, 0, brand.length);
    written(folded, sku, row);
    skus[row] = mixed(folded.hash);
    folded.endRow();
    foldedEnds[row] = folded.length;
  }
  const [a, b] = lanesOf(ids, versions);
  return { ...columns, a, b, nameLengths: narrow(nameLengths), skus, folded: folded.packed(), foldedEnds };
}

/** @param {FoldedText} folded @param {Texts} texts @param {number} row */
function written(folded, texts, row) {
  const [start, end] = spanOf(texts, row);
  folded.beginField();
  if (texts !== null) folded.write(texts.bytes, start, end);
}

/** @param {CatalogueBlock} block @param {number} row @returns {Item} */
export function itemAt(block, row) {
  const odd = block.odd.get(row);
  if (odd !== undefined) return JSON.parse(odd);
  const flags = at(block.flags, row);
  const into = at(block.into, row);
  return {
    id: block.ids[row],
    sku: textAt(block.sku, row),
    name_en: textAt(block.name_en, row),
    name_zh: textAt(block.name_zh, row),
    brand: block.brands[at(block.brand, row)],
    unit: block.units[at(block.unit, row)],
    price_cents: at(block.price_cents, row),
    // Rarely read, and costly where it follows from the name.
    get sort_zh() {
      return sortTextAt(block, row, "zh");
    },
    lot: (flags & LOT) !== 0,
    expiry: (flags & EXPIRY) !== 0,
    archived: (flags & ARCHIVED) !== 0,
    gtins: gtinsAt(block, row),
    ...(into === 0 ? {} : { into }),
  };
}

/** What a row stands by in a list; without an English name where its pinyin does. @param {CatalogueBlock} block @param {number} row @param {"en" | "zh"} locale */
export function sortTextAt(block, row, locale) {
  const isByName = (at(block.flags, row) & SORTS_BY_NAME) !== 0;
  const english = locale === "en" || isByName ? textAt(block.name_en, row) : "";
  return english === "" && !isByName ? textAt(block.sort_zh, row) : sortKey(english);
}

/** @param {CatalogueBlock} block @param {number} row @returns {string[]} */
export function gtinsAt({ gtins, gtinEnds }, row) {
  const [start, end] = gtinEnds === null ? [row, row + 1] : [row > 0 ? gtinEnds[row - 1] : 0, gtinEnds[row]];
  return Array.from(gtins.subarray(start, end), (gtin) => String(gtin).padStart(14, "0"));
}

/** @param {string[]} texts @returns {[string[], Column]} each once, and which one every row has */
function listed(texts) {
  const places = new Map([...new Set(texts)].map((text, place) => [text, place]));
  return [[...places.keys()], narrow(texts.map((text) => /** @type {number} */ (places.get(text))))];
}

/** @param {any[][]} lists */
function endsOf(lists) {
  let end = 0;
  return Uint32Array.from(lists, (list) => {
    end += list.length;
    return end;
  });
}

/** @param {Item} item */
function flagsOf({ lot, expiry, archived, sort_zh, name_en }) {
  const said = (lot ? LOT : 0) | (expiry ? EXPIRY : 0) | (archived ? ARCHIVED : 0);
  return sort_zh === sortKey(name_en) ? said | SORTS_BY_NAME : said;
}

const TEXTS = ["sku", "name_en", "name_zh", "brand", "unit", "sort_zh"];
const SIGNS = ["lot", "expiry", "archived"];
const FIELDS = new Set([...TEXTS, ...SIGNS, "id", "price_cents", "gtins", "into"]);

/** Whether the row comes out of the columns as it went in. @param {any} item @param {string} key */
function fits(item, key) {
  return (
    String(item.id) === key &&
    TEXTS.every((name) => typeof item[name] === "string" && !/\p{Surrogate}/u.test(item[name])) &&
    SIGNS.every((name) => typeof item[name] === "boolean") &&
    Number.isSafeInteger(item.price_cents) &&
    (item.into === undefined || (Number.isSafeInteger(item.into) && item.into > 0)) &&
    Array.isArray(item.gtins) &&
    item.gtins.every(isGtin) &&
    Object.keys(item).every((name) => FIELDS.has(name))
  );
}

/** @param {unknown} gtin */
function isGtin(gtin) {
  return typeof gtin === "string" && /^[0-9]{14}$/.test(gtin);
}

/** For search and order; the row itself is kept as it came. @param {any} item @param {string} key @returns {Item} */
function asFarAsItFits(item, key) {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, typeof item[name] === "string" ? item[name] : ""]));
  const gtins = Array.isArray(item.gtins) ? item.gtins.filter(isGtin) : [];
  const rest = { id: Number(key), price_cents: 0, lot: false, expiry: false, archived: Boolean(item.archived), gtins };
  return /** @type {Item} */ ({ ...texts, ...rest });
}
