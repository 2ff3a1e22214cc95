/**
 * What a page shows of an item, its stock here and its stock elsewhere; twin of `shelf.py`.
 *
 * An item is the row of a `catalogue:` bucket, figures are the row of a `stock:` bucket (see `PROTOCOL.md`).
 */

import { fold } from "./formats.js";
import { whole } from "./forms.js";
import { lendersOf } from "./lending.js";

/** @typedef {{name_en: string, name_zh: string}} Named */
/** @typedef {Named & {id: number, sku: string, brand: string, unit: string, price_cents: number, archived: boolean,
 *   gtins: string[], lot?: boolean}} Item */
/** @typedef {{on_hand: number, reserved: number, in_transit_in: number, in_transit_out: number}} Figures */
/** @typedef {import("./lending.js").Offer} Offer */

export const ROWS_A_PAGE = 20;
// Nobody turns two hundred pages; to count on takes longer the more there is.
export const MOST_COUNTED = 10_000;
const MOST_ASKED = 200;
/** @type {Readonly<Figures>} */
export const NOTHING = Object.freeze({ on_hand: 0, reserved: 0, in_transit_in: 0, in_transit_out: 0 });

/** The name in the reader's language, or in the other where there is none. @param {string} locale @param {Named} named */
export function nameIn(locale, named) {
  return locale === "zh" ? named.name_zh || named.name_en : named.name_en || named.name_zh;
}

/** The name in the other language; empty where it is missing or says the same. @param {string} locale @param {Named} named */
export function otherNameIn(locale, named) {
  const other = locale === "zh" ? named.name_en : named.name_zh;
  return other === nameIn(locale, named) ? "" : other;
}

/** What may still be promised to somebody. @param {{on_hand: number, reserved: number}} figures */
export function available(figures) {
  return figures.on_hand - figures.reserved;
}

/**
 * One row of a list of items; `waiting` counts operations on it that the hub has not answered. `blind` is whether the
 * reader counts the store and must not be led by what the book says: figures are 0 then.
 * @param {Item} item @param {Figures} figures @param {string} locale @param {number} waiting @param {boolean} [blind]
 */
export function itemRow(item, figures, locale, waiting, blind = false) {
  return {
    id: item.id,
    sku: item.sku,
    name: nameIn(locale, item),
    brand: item.brand,
    unit: item.unit,
    available: blind ? 0 : available(figures),
    blind,
    waiting,
    archived: Boolean(item.archived),
  };
}

/**
 * 14 digits as they stand under the bars: 8 of a GTIN-8, 13 of an EAN-13 or UPC-A, all of an ITF-14.
 * @param {string} gtin
 */
export function printedGtin(gtin) {
  if (gtin.startsWith("000000")) return gtin.slice(6);
  return gtin.startsWith("0") ? gtin.slice(1) : gtin;
}

/**
 * An item with the figures of the reader's store, which carries it if `ranged`.
 * @param {Item} item @param {Figures} figures @param {string} locale @param {number} waiting @param {boolean} ranged
 * @param {boolean} [blind]
 */
export function itemCard(item, figures, locale, waiting, ranged, blind = false) {
  return {
    ...itemRow(item, figures, locale, waiting, blind),
    other_name: otherNameIn(locale, item),
    price_cents: item.price_cents,
    gtins: [...item.gtins].sort().map(printedGtin),
    tracks_lot: Boolean(item.lot),
    ranged,
    on_hand: blind ? 0 : figures.on_hand,
    reserved: blind ? 0 : figures.reserved,
    in_transit_in: blind ? 0 : figures.in_transit_in,
    in_transit_out: blind ? 0 : figures.in_transit_out,
  };
}

/**
 * Other stores' stock of one item, best lender of one unit first; see `lending.js`. `share` is 0-100 of the most that
 * one of them has available. Nobody is the donor who would fall below the safety stock.
 * @param {Offer[]} offers @param {string} locale @param {import("./lending.js").Safety} safety
 */
export function elsewhere(offers, locale, safety) {
  const ranked = lendersOf([{ wanted: 1, offers }], safety);
  const most = Math.max(0, ...ranked.map((offer) => offer.available));
  return ranked.map((offer, place) => ({
    store_id: offer.store,
    store_name: nameIn(locale, offer),
    available: offer.available,
    on_hand: offer.on_hand,
    distance_m: offer.distance_m,
    share: offer.available > 0 ? Math.floor((offer.available * 100) / most) : 0,
    gives: offer.gives,
    donor: place === 0 && offer.gives === "all",
  }));
}

/** What somebody searches for, cut to the 200 characters that a name can have. @param {string} q */
export function searchAsked(q) {
  return q.length > MOST_ASKED ? [...q].slice(0, MOST_ASKED).join("") : q;
}

/** What an item's folded names, brand and SKU must contain, each of them. @param {string} q */
export function searchWords(q) {
  const folded = fold(q);
  return folded ? [...new Set(folded.split(" "))] : [];
}

/**
 * Which rows `?page=` asks for; no page or a wrong one is the first, beyond is the last.
 * @param {string} typed @param {number} total
 */
export function pageWindow(typed, total) {
  const last = Math.max(1, Math.ceil(total / ROWS_A_PAGE));
  const page = Math.min(Math.max(whole(typed) || 1, 1), last);
  return { page, offset: (page - 1) * ROWS_A_PAGE, next_page: page < last ? page + 1 : 0 };
}

/** The number in `/items/<id>`, written as a link writes it; 0 for anything else. @param {string} text */
export function idIn(text) {
  return /^[1-9][0-9]{0,9}$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : 0;
}
