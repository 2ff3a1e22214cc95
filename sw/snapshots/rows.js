/** The rows of an unpacked piece, one at a time, as a pull brings them. */

import { sortKey } from "../../sync/formats.js";
import { printedGtin } from "../../sync/shelf.js";
import { numberAt } from "./numbers.js";
import { NO_WORDS, textAt } from "./words.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./words.js").Texts} Texts */
/** @typedef {import("./unpacked.js").CataloguePiece} CataloguePiece */
/** @typedef {import("./unpacked.js").StockPiece} StockPiece */

/**
 * @param {CataloguePiece | StockPiece} piece @param {number} index @param {Words} shared
 */
export function rowAt(piece, index, shared = NO_WORDS) {
  return piece.noun === "stock" ? figuresAt(piece, index) : itemAt(piece, index, shared);
}

/** @param {StockPiece} piece @param {number} index */
export function figuresAt(piece, index) {
  return {
    on_hand: numberAt(piece.on_hand, index),
    reserved: numberAt(piece.reserved, index),
    in_transit_in: numberAt(piece.in_transit_in, index),
    in_transit_out: numberAt(piece.in_transit_out, index),
  };
}

/** @param {CataloguePiece} piece @param {number} index @param {Words} shared */
export function itemAt(piece, index, shared) {
  const text = /** @param {Texts} texts @param {number} place */ (texts, place) =>
    textAt(texts, place, shared, piece.own);
  const name_en = text(piece.name_en, index);
  const flags = numberAt(piece.flags, index);
  const into = numberAt(piece.into, index);
  const gtins = gtinsAt(piece, index);
  return {
    id: piece.keys[index],
    sku: skuAt(piece, index, gtins, shared),
    name_en,
    name_zh: text(piece.name_zh, index),
    brand: text(piece.brand.texts, numberAt(piece.brand.index, index)),
    unit: text(piece.unit.texts, numberAt(piece.unit.index, index)),
    price_cents: numberAt(piece.price_cents, index),
    sort_zh: numberAt(piece.isSorted, index) ? text(piece.sort_zh, index) : sortKey(name_en),
    lot: (flags & 1) !== 0,
    expiry: (flags & 2) !== 0,
    archived: (flags & 4) !== 0,
    gtins,
    ...(into ? { into } : {}),
  };
}

/** 14 digits each, ascending. @param {CataloguePiece} piece @param {number} index */
export function gtinsAt({ gtinAt, gtins }, index) {
  return Array.from(gtins.subarray(gtinAt[index], gtinAt[index + 1]), (gtin) => String(gtin).padStart(14, "0"));
}

/** @param {CataloguePiece} piece @param {number} index @param {string[]} gtins its own @param {Words} shared */
export function skuAt({ sku, own }, index, gtins, shared) {
  const stem = numberAt(sku.stem, index);
  if (stem === 0) return printedGtin(gtins[0]);
  const digits = numberAt(sku.digits, index);
  const number = digits === 0 ? "" : String(numberAt(sku.number, index)).padStart(digits, "0");
  return textAt(sku.stems, stem - 1, shared, own) + number;
}
