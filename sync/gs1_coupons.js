/**
 * North American coupons inside AI 8110 and AI 8112; twin of gs1_coupons.py.
 * Each is a row of fields of which some say their own length first (GS1 US, coupon application guidelines).
 */

import { dayOf } from "./gs1_dates.js";
import { allDigits } from "./gs1_digits.js";

/**
 * A field: digits of which one says its length, and how many more there are than said; or one of these; or a count.
 * @typedef {["length" | "one of" | "count" | "day", string, number][]} Fields
 */

/** @type {Fields} */
const PURCHASE = [
  ["length", "12345", 0],
  ["one of", "012349", 0],
  ["count", "", 3],
];
/** @type {Fields} */
const MAKER = [["length", "01234569", 6]];
/** @type {Fields} */
const COUPON = [["length", "0123456", 6], ["count", "", 6], ["length", "12345", 0], ...PURCHASE];
/** @type {Map<string, Fields>} */
const OPTIONS = new Map([
  ["1", [["one of", "0123", 0], ...PURCHASE, ...MAKER]],
  ["2", [...PURCHASE, ...MAKER]],
  ["3", [["day", "", 6]]],
  ["4", [["day", "", 6]]],
  ["5", [["length", "0123456789", 6]]],
  ["6", [["length", "1234567", 6]]],
  [
    "9",
    [
      ["one of", "01256", 0],
      ["one of", "012", 0],
      ["count", "", 1],
      ["one of", "01", 0],
    ],
  ],
]);
/** @type {Fields} */
const OFFER = [
  ["one of", "01", 0],
  ["length", "0123456", 6],
  ["count", "", 6],
  ["length", "0123456789", 6],
];

/**
 * AI 8110: a maker, an offer, what is saved and bought, then optional fields in the order of their numbers.
 * @param {string} digits @param {string} today
 */
export function isCoupon(digits, today) {
  let at = allDigits(digits) ? after(digits, 0, COUPON, today) : null;
  let last = "0";
  let expires = "";
  while (at !== null && at < digits.length) {
    const option = digits[at];
    const fields = OPTIONS.get(option);
    if (option <= last || !fields) return false;
    const day = digits.slice(at + 1, at + 7);
    if (option === "4" && expires && isBefore(expires, day, today)) return false;
    if (option === "3") expires = day;
    at = after(digits, at + 1, fields, today);
    last = option;
  }
  return at !== null;
}

/** @param {string} six @param {string} other @param {string} today */
function isBefore(six, other, today) {
  return other.length === 6 && (dayOf(six, today, false) ?? "") < (dayOf(other, today, false) ?? "");
}

/**
 * AI 8112: a format, who pays, an offer, a serial number and no more.
 * @param {string} digits @param {string} today
 */
export function isOffer(digits, today) {
  return allDigits(digits) && after(digits, 0, OFFER, today) === digits.length;
}

/**
 * Where the fields end; null where they do not fit.
 * @param {string} digits @param {number} start @param {Fields} fields @param {string} today
 */
function after(digits, start, fields, today) {
  let at = start;
  for (const [kind, choices, count] of fields) {
    const said = digits.slice(at, at + 1);
    if (choices && (said === "" || !choices.includes(said))) return null;
    if (kind === "day" && dayOf(digits.slice(at, at + 6).padEnd(6, "0"), today, false) === null) return null;
    // A maker of length 9 is left out: it is that of the first purchase.
    const more = kind === "length" && !(said === "9" && !choices.includes("78")) ? count + Number(said) : 0;
    at += kind === "count" || kind === "day" ? count : 1 + more;
    if (at > digits.length) return null;
  }
  return at;
}
