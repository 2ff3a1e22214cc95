/** A transfer while it is written: its lines, and who might lend or take them; twin of `draft.py`. */

import { one, stripped, whole } from "./forms.js";
import { lendersOf } from "./lending.js";
import { LIMITS } from "./operations.js";
import { available, idIn, nameIn } from "./shelf.js";

/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {import("./shelf.js").Offer} Offer */
/** @typedef {{item: number, quantity: string}} DraftLine */

/**
 * What the fields of the page say, quantities as typed. A line without a quantity asks for one; an item is listed
 * once; what names no item is left out. `way` is "request" or "push"; `from` and `to` are 0 where no store is named.
 * @param {Fields} fields
 */
export function draftOf(fields) {
  const quantities = fields.quantity ?? [];
  /** @type {Map<number, string>} */
  const lines = new Map();
  for (const [place, text] of (fields.item ?? []).entries()) {
    const item = idIn(stripped(text));
    if (item && !lines.has(item) && lines.size < LIMITS.lines) lines.set(item, quantities[place] ?? "1");
  }
  return {
    way: one(fields, "way") === "push" ? "push" : "request",
    from: idIn(stripped(one(fields, "from"))),
    to: idIn(stripped(one(fields, "to"))),
    lines: [...lines].map(([item, quantity]) => ({ item, quantity })),
    note: one(fields, "note"),
    add: one(fields, "add"),
  };
}

/**
 * One more of an item: a new line, or one more on the line it has; a number that cannot be read stays as typed.
 * @param {DraftLine[]} lines @param {number} item @returns {DraftLine[]}
 */
export function withItem(lines, item) {
  if (!lines.some((line) => line.item === item)) return [...lines, { item, quantity: "1" }];
  return lines.map((line) => (line.item === item ? { item, quantity: oneMore(line.quantity) } : line));
}

/**
 * Neighbours as lenders of the whole request, best first; the one asked for is chosen, else the best. Needs are those of
 * `lending.js`, `wanted` as typed: what cannot be read counts as one. `available` and `spare` are of the first line.
 * Nobody is chosen who has nothing to give, unless asked for.
 * @param {{wanted: string, offers: Offer[]}[]} needs @param {string} locale @param {number} asked
 * @param {import("./lending.js").Safety} safety
 */
export function lenders(needs, locale, asked, safety) {
  const read = needs.map(({ wanted, offers }) => ({ wanted: Math.max(whole(wanted) || 1, 1), offers }));
  const ranked = lendersOf(read, safety);
  let chosen = ranked.some((offer) => offer.store === asked) ? asked : 0;
  if (!chosen && ranked.length > 0 && ranked[0].gives !== "none") chosen = ranked[0].store;
  return ranked.map((offer) => ({
    store_id: offer.store,
    store_name: nameIn(locale, offer),
    available: offer.available,
    spare: offer.spare,
    gives: offer.gives,
    distance_m: offer.distance_m,
    chosen: offer.store === chosen,
  }));
}

/**
 * Neighbours as takers of what the own store has too much of: who has least of the first line's item, then who is
 * nearest; the one asked for is chosen, else the first. `offers` are those of the first line.
 * @param {Offer[]} offers @param {string} locale @param {number} asked
 */
export function takers(offers, locale, asked) {
  const has = (/** @type {Offer} */ offer) => Math.max(available(offer), 0);
  const ranked = [...offers].sort((a, b) => has(a) - has(b) || a.distance_m - b.distance_m || a.store - b.store);
  const chosen = (ranked.find((offer) => offer.store === asked) ?? ranked[0])?.store ?? 0;
  return ranked.map((offer) => ({
    store_id: offer.store,
    store_name: nameIn(locale, offer),
    available: available(offer),
    spare: 0,
    gives: "",
    distance_m: offer.distance_m,
    chosen: offer.store === chosen,
  }));
}

/**
 * One line of the form; `here` and `there` are the stock figures of the own store and of the other one.
 * @param {import("./shelf.js").Item} item @param {string} quantity @param {import("./shelf.js").Figures} here
 * @param {import("./shelf.js").Figures} there @param {string} locale
 */
export function draftLine(item, quantity, here, there, locale) {
  return {
    item_id: item.id,
    name: nameIn(locale, item),
    sku: item.sku,
    unit: item.unit,
    quantity,
    available: available(there),
    here: available(here),
  };
}

/** @param {string} typed */
function oneMore(typed) {
  const number = whole(typed);
  if (number !== null) return String(number + 1);
  return stripped(typed) ? typed : "1";
}
