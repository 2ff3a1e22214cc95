/**
 * Lots of goods in a store: what is known of each, which expire, and what the worklist sends; twin of `lots.py`.
 */

import { one, stripped, whole } from "./forms.js";
import { newest, problems } from "./operations.js";

/** @typedef {{lot: string, expires: string, also: string, units: number, blocked?: boolean, state?: string}} Lot */
/** @typedef {Lot & {days: number, state: "blocked" | "expired" | "soon" | "later" | "fine" | "unknown"}} LotRow */
/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {import("./forms.js").Read} Read */

/** What an older hub leaves out of its policies. */
export const SOON_DAYS = 7;
export const LATER_DAYS = 30;

/**
 * What is known of a lot's last day once another one was read.
 * @param {string} expires @param {string} also @param {string} day
 */
export function datesWith(expires, also, day) {
  const told = [...new Set([expires, also, day].filter(Boolean))].sort();
  return { expires: told[0] ?? "", also: told.length > 1 ? told[told.length - 1] : "" };
}

/**
 * An item's lots in a store once something happened there that the hub has not told back, by their code. A reading of
 * some shelves says nothing of a lot's units, nor does a count of the whole item.
 * @param {Lot[]} lots @param {string} kind @param {any} args @param {number} item @returns {Lot[]}
 */
export function lotsAfter(lots, kind, args, item) {
  const known = new Map(lots.map((each) => [each.lot, { ...each }]));
  for (const line of kind === "stock.move" ? args.lines : [args]) {
    const lot = line.lot || "";
    if (line.item !== item || !lot) continue;
    const here = known.get(lot) ?? { lot, expires: "", also: "", units: 0 };
    if (kind !== "stock.count") here.units += line.delta;
    else if (!line.shelf && (line.scope ?? "store") === "store") here.units = line.counted;
    known.set(lot, Object.assign(here, datesWith(here.expires, here.also, line.expires || "")));
  }
  return [...known.values()].sort((each, other) => inOrder(each.lot, other.lot));
}

/**
 * Those on hand, what expires first in front, behind it what nobody knows the day of, and what is blocked last.
 * @template {Lot} Held @param {Held[]} lots
 */
export function firstOut(lots) {
  const held = lots.filter(({ units }) => units > 0);
  return held.sort(
    (each, other) =>
      Number(isBlocked(each)) - Number(isBlocked(other)) ||
      inOrder(each.expires || "~", other.expires || "~") ||
      inOrder(each.lot, other.lot),
  );
}

/** @param {Lot} lot */
function isBlocked({ blocked = false, state = "" }) {
  return blocked || state === "blocked";
}

/**
 * The lot on hand that should go before the one that was scanned, whose last day is `day` by its label; or null.
 * @template {Lot} Held @param {Held[]} lots @param {string} lot @param {string} day @returns {Held | null}
 */
export function goesBefore(lots, lot, day) {
  const [first] = firstOut(lots).filter((each) => !isBlocked(each) && each.expires && each.lot !== lot);
  const known = lots.filter((each) => each.lot === lot).map(({ expires }) => expires);
  const [last] = [...known, day].filter(Boolean).sort();
  return first && last && first.expires < last ? first : null;
}

/**
 * Of which lots so many units should be taken, in their order; `rows` as pages show them. Nobody is led to what is
 * expired or blocked. What lots do not reach for is left to whoever takes it.
 * @param {LotRow[]} rows @param {number} units
 */
export function toTake(rows, units) {
  /** @type {{lot: string, expires: string, units: number}[]} */
  const taken = [];
  let left = units;
  for (const { lot, expires, units: here, state } of firstOut(rows)) {
    if (left <= 0 || state === "blocked" || state === "expired") continue;
    taken.push({ lot, expires, units: Math.min(left, here) });
    left -= here;
  }
  return taken;
}

/** The same lots, each with whether it is among the codes that are blocked. @param {Lot[]} lots @param {string[]} blocked */
export function withBlocks(lots, blocked) {
  return lots.map((each) => ({ ...each, blocked: blocked.includes(each.lot) }));
}

/** Days since 1970-01-01 of an ISO day. @param {string} day */
export function dayNumber(day) {
  const [year, month, date] = day.split("-").map(Number);
  // Years that begin in March have their odd day at the end.
  const shifted = year - Number(month <= 2);
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return 365 * shifted + leaps + ofYear - 719468;
}

/**
 * A lot as a page shows it. `days` are how many lie between today and its last day, 0 where nobody knows it.
 * @param {Lot} each @param {string} today @param {number} soonDays @param {number} laterDays @returns {LotRow}
 */
export function lotRow({ lot, expires, also, units, blocked = false }, today, soonDays, laterDays) {
  const days = expires ? dayNumber(expires) - dayNumber(today) : 0;
  const state = expires ? stateOf(days, soonDays, laterDays) : "unknown";
  return { lot, expires, also, units, days: Math.abs(days), state: blocked ? "blocked" : state };
}

/** @param {number} days @param {number} soonDays @param {number} laterDays */
function stateOf(days, soonDays, laterDays) {
  if (days < 0) return "expired";
  if (days <= soonDays) return "soon";
  return days <= laterDays ? "later" : "fine";
}

/**
 * The worklist: rows of goods on hand in groups, the worst first, and in each by their day.
 * @template {LotRow & {item_id: number}} Row @param {Row[]} rows
 */
export function expiring(rows) {
  const ordered = [...rows].sort(
    (each, other) =>
      inOrder(each.expires, other.expires) || each.item_id - other.item_id || inOrder(each.lot, other.lot),
  );
  return ["blocked", "expired", "soon", "later"].flatMap((state) => {
    const found = ordered.filter((row) => row.state === state && row.units > 0);
    return found.length > 0 ? [{ state, rows: found }] : [];
  });
}

/**
 * The forms beside an item's lots: one is kept from sale in the whole chain → `lot.block`, or free again → `lot.unblock`.
 * @param {Fields} fields @param {number} item @returns {Read}
 */
export function lotForm(fields, item) {
  const args = { item, lot: stripped(one(fields, "lot")) };
  if (one(fields, "block") === "no") return sound("lot.unblock", args);
  return sound("lot.block", { ...args, reason: stripped(one(fields, "reason")) });
}

/**
 * A card of the worklist: what is left of a lot goes as expired → `stock.adjust`, or was counted → `stock.count`.
 * @param {Fields} fields @param {number} store @returns {Read}
 */
export function expiryForm(fields, store) {
  const item = whole(one(fields, "item"));
  const lot = stripped(one(fields, "lot"));
  if (item === null || !lot) return refused("field_wrong", { field: "lot" });
  if (one(fields, "action") !== "count") {
    const units = whole(one(fields, "units"));
    if (units === null || units <= 0) return refused("quantity_not_positive", { field: "units" });
    return sound("stock.adjust", { store, item, lot, delta: -units, reason: "expired" });
  }
  const typed = one(fields, "counted");
  const counted = whole(typed);
  if (counted === null) return refused(stripped(typed) ? "not_a_number" : "quantity_missing", { field: "counted" });
  return sound("stock.count", { store, item, lot, counted, scope: "store" });
}

/** @param {string} kind @param {Record<string, any>} args @returns {Read} */
function sound(kind, args) {
  const [first] = problems(kind, newest(kind), args);
  return first ? { problem: first } : { kind, args };
}

/** @param {string} code @param {Record<string, number | string>} params */
function refused(code, params) {
  return { problem: { code, params } };
}

/** By code point, as the hub sorts. @param {string} text @param {string} other */
export function inOrder(text, other) {
  if (text === other) return 0;
  const points = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  const others = [...other].map((letter) => letter.codePointAt(0) ?? 0);
  const place = points.findIndex((point, index) => point !== others[index]);
  return place < 0 || points[place] < (others[place] ?? -1) ? -1 : 1;
}
