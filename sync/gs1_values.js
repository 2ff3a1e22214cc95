/** Whether a value is what its application identifier holds; twin of gs1_values.py. */

import { isCoupon, isOffer } from "./gs1_coupons.js";
import { dayOf, isoDay } from "./gs1_dates.js";
import { checkDigitFits, checkPair } from "./gs1_digits.js";
import { TABLE } from "./gs1_table.js";

/** @typedef {import("./gs1_identifiers.js").Identifier} Identifier */
/** @typedef {import("./gs1_identifiers.js").Part} Part */

const SETS = {
  N: /^[0-9]*$/,
  X: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
  Y: /^[#\-/0-9A-Z]*$/,
  Z: /^[-0-9A-Z_a-z]*={0,2}$/,
};

/** Whether a list of the table has this word. @param {string[]} list @param {string} word */
const lists = (list, word) => list.some((line) => line.split(" ").includes(word));

/**
 * Each rule of the table: the code of the error, and whether a part of a value keeps it.
 * @type {Record<string, [string, (piece: string, today: string) => boolean]>}
 */
const RULES = {
  check: ["check_digit", checkDigitFits],
  pair: ["check_pair", (piece) => checkPair(piece.slice(0, -2)) === piece.slice(-2)],
  prefix: ["company_prefix", (piece) => /^[0-9]{4}/.test(piece)],
  date: ["date", (piece, today) => dayOf(piece, today, false) !== null],
  date0: ["date", (piece, today) => dayOf(piece, today, true) !== null],
  birthday: ["date", isBirthday],
  time: ["time", (piece) => piece.slice(0, 2) < "24" && piece.slice(2) < "60"],
  hour: ["time", (piece) => piece < "24"],
  minute: ["time", (piece) => piece < "60"],
  country: ["country", (piece) => lists(TABLE.countries, piece)],
  processor_country: ["country", (piece) => lists(TABLE.countries, piece) || piece === "999"],
  country_letters: ["country", (piece) => lists(TABLE.country_letters, piece)],
  currency: ["currency", (piece) => lists(TABLE.currencies, piece)],
  latitude: ["position", (piece) => piece <= "1800000000"],
  longitude: ["position", (piece) => piece <= "3600000000"],
  piece: ["piece", (piece) => piece.slice(0, 2) > "00" && piece.slice(0, 2) <= piece.slice(2)],
  iban: ["iban", isAccount],
  coupon: ["coupon", isCoupon],
  offer: ["coupon", isOffer],
  escapes: ["escape", (piece) => /^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(piece)],
  package: ["value", (piece) => /^[0-9A-Z]{1,3}$/.test(piece)],
  sequence: ["value", (piece) => /^[1-9]\/[1-9]$/.test(piece) && piece[0] <= piece[2]],
  importer: ["value", (piece) => piece !== "=" && SETS.Z.test(piece)],
  media: ["value", (piece) => (piece >= "01" && piece <= "10") || piece >= "80"],
  sex: ["value", (piece) => "0129".includes(piece)],
  yes_no: ["value", (piece) => "01".includes(piece)],
  winding: ["value", (piece) => "019".includes(piece)],
  minus: ["value", (piece) => piece === "-"],
  zero: ["value", (piece) => piece === "0"],
  not_zero: ["value", (piece) => !/^0*$/.test(piece)],
  plain_number: ["value", (piece) => piece === "0" || piece[0] !== "0"],
  not_digits: ["value", (piece) => !SETS.N.test(piece)],
};

/**
 * The code of the first thing wrong with a value; null where it is what the specification asks.
 * `today` is an ISO day, which decides the century of a date.
 * @param {Identifier} identifier @param {string} value @param {string} today
 * @returns {string | null}
 */
export function problem(identifier, value, today) {
  if (value === "") return "empty";
  if (value.length < identifier.least) return "too_short";
  if (value.length > identifier.most) return "too_long";
  let at = 0;
  for (const part of identifier.parts) {
    const piece = value.slice(at, at + part.most);
    if (part.mayMiss && piece === "") break;
    const wrong = problemOfPart(part, piece, today);
    if (wrong) return wrong;
    at += piece.length;
  }
  return null;
}

/** @param {Part} part @param {string} piece @param {string} today */
function problemOfPart(part, piece, today) {
  if (piece.length < part.least) return "too_short";
  if (!SETS[/** @type {keyof typeof SETS} */ (part.characters)].test(piece)) return "character";
  for (const rule of part.rules) {
    const [code, keeps] = RULES[rule];
    if (!keeps(piece, today)) return code;
  }
  return null;
}

/** @param {string} piece */
function isBirthday(piece) {
  const year = piece.slice(0, 4);
  return year !== "0000" && isoDay(Number(year), Number(piece.slice(4, 6)), Number(piece.slice(6)), false) !== null;
}

/** An IBAN: a country, and 1 modulo 97 of all its characters, letters as 10 to 35 (ISO 13616). @param {string} piece */
function isAccount(piece) {
  if (!/^[A-Z]{2}[0-9]{2}[0-9A-Z]{7,30}$/.test(piece) || !lists(TABLE.country_letters, piece.slice(0, 2))) return false;
  let left = 0;
  for (const character of piece.slice(4) + piece.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    left = (left * (value < 10 ? 10 : 100) + value) % 97;
  }
  return left === 1;
}
