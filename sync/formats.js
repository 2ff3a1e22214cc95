/**
 * How the shop writes numbers, money, quantities, times and names, the same to the letter as `formats.py`.
 *
 * Neither end asks its platform: Babel and Intl differ from each other, and between versions. Every function refuses
 * what it cannot write exactly (`RangeError`). Whole numbers stay within ±(2**53 − 1).
 */

import { FOLDS, MARKS, SPACES } from "./fold_table.js";

/** @typedef {"en" | "zh"} Locale */
/** @typedef {number[][]} Zone Transitions `[from_ms, offset_minutes]`, ascending. */

const MINUS = "\u2212";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// Years 1 to 9999: outside them no stock moves, and neither end can be trusted to agree.
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;
/** @type {Record<string, Record<string, string>>} */
const UNITS = { each: { en: "", zh: "" }, g: { en: " g", zh: " 克" }, ml: { en: " ml", zh: " 毫升" } };

/**
 * `1,234` and `−5`, in both languages; the minus is U+2212, as wide as a digit.
 * @param {number} number
 */
export function formatNumber(number) {
  const sign = whole(number) < 0 ? MINUS : "";
  return sign + grouped(Math.abs(number));
}

/**
 * `12` of `each`, `1,250 g` or `1,250 克` of `g`, `ml` likewise. Never turned into kilograms: nothing is rounded.
 * @param {number} quantity
 * @param {string} unit
 * @param {string} locale
 */
export function formatQuantity(quantity, unit, locale) {
  return formatNumber(quantity) + of(of(UNITS, unit), locale);
}

/**
 * `¥1,234.05` of 123405 and "¥"; the minus stands before the symbol.
 * @param {number} cents
 * @param {string} symbol
 */
export function formatMoney(cents, symbol) {
  const sign = whole(cents) < 0 ? MINUS : "";
  const rest = Math.abs(cents) % 100;
  return `${sign}${symbol}${grouped((Math.abs(cents) - rest) / 100)}.${two(rest)}`;
}

/**
 * `14:02`; the first entry of the zone also holds for all time before it.
 * @param {number} atMs
 * @param {Zone} zone
 */
export function formatTime(atMs, zone) {
  const minute = floorDivide(modulo(localMs(atMs, zone), DAY_MS), MINUTE_MS);
  return `${two(floorDivide(minute, 60))}:${two(minute % 60)}`;
}

/**
 * `22 Nov`, `11月22日`, the day it was in that zone.
 * @param {number} atMs
 * @param {Zone} zone
 * @param {string} locale
 */
export function formatDate(atMs, zone, locale) {
  const [, month, day] = calendar(floorDivide(localMs(atMs, zone), DAY_MS));
  return of({ en: `${day} ${MONTHS[month - 1]}`, zh: `${month}月${day}日` }, locale);
}

/**
 * `22 Nov 14:02`, `11月22日 14:02`.
 * @param {number} atMs
 * @param {Zone} zone
 * @param {string} locale
 */
export function formatDateTime(atMs, zone, locale) {
  return `${formatDate(atMs, zone, locale)} ${formatTime(atMs, zone)}`;
}

/**
 * `2026-11-22`: the calendar day it was in that zone.
 * @param {number} atMs @param {number[][]} zone
 */
export function localDay(atMs, zone) {
  const [year, month, day] = calendar(floorDivide(localMs(atMs, zone), DAY_MS));
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
}

/**
 * `22 Nov 2026`, `2026年11月22日` of a calendar day `2026-11-22`, which lies in no zone (an expiry).
 * @param {string} day
 * @param {string} locale
 */
export function formatDay(day, locale) {
  const parts = /^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/.exec(day);
  if (parts === null) throw new RangeError(`not a day: ${day}`);
  const [year, month, date] = parts.slice(1).map(Number);
  return of({ en: `${date} ${MONTHS[month - 1]} ${year}`, zh: `${year}年${month}月${date}日` }, locale);
}

/**
 * `just now`, `3 min ago`, `2 h ago`, `5 days ago`; what lies ahead by a wrong clock is just now.
 * @param {number} ageMs
 * @param {string} locale
 */
export function formatAge(ageMs, locale) {
  const minutes = floorDivide(whole(ageMs), MINUTE_MS);
  if (minutes < 1) return of({ en: "just now", zh: "刚刚" }, locale);
  if (minutes < 60) return of({ en: `${minutes} min ago`, zh: `${minutes} 分钟前` }, locale);
  const hours = floorDivide(minutes, 60);
  const days = floorDivide(minutes, 1440);
  if (days < 1) return of({ en: `${hours} h ago`, zh: `${hours} 小时前` }, locale);
  return of({ en: days === 1 ? "1 day ago" : `${days} days ago`, zh: `${days} 天前` }, locale);
}

/**
 * `850 m`, `4.2 km`, `51 km`: as exact as anybody drives by.
 * @param {number} metres
 * @param {string} locale
 */
export function formatDistance(metres, locale) {
  const tenths = floorDivide(whole(metres) + 50, 100);
  if (metres < 1000) return formatNumber(metres) + of({ en: " m", zh: " 米" }, locale);
  const km = tenths < 100 ? `${floorDivide(tenths, 10)}.${tenths % 10}` : formatNumber(floorDivide(metres + 500, 1000));
  return km + of({ en: " km", zh: " 公里" }, locale);
}

/**
 * What the spellings of one name have in common, to search by: case, accents, width and spacing are gone.
 *
 * Each character is replaced by itself through a table that travels with the code, so no platform's Unicode version
 * matters: `toLowerCase()` after NFKC gives other answers on 154 characters in Python and in JavaScript.
 * @param {string} text
 */
export function fold(text) {
  made ??= folds();
  let folded = "";
  for (const each of text.replace(ALL_SPACES, " ").replace(ALL_MARKS, "")) folded += made.get(each) ?? each;
  return folded
    .split(" ")
    .filter((word) => word !== "")
    .join(" ");
}

/**
 * A folded text that sorts the same by code point, by UTF-8 byte and by UTF-16 unit, and `Tray 9` before `Tray 10`.
 *
 * For Chinese names give it the pinyin, which the hub makes and sends along.
 * @param {string} text
 */
export function sortKey(text) {
  return fold(text).replace(DIGITS, byLength).replace(ASTRAL, belowTheSurrogates);
}

/** @param {string} digits */
function byLength(digits) {
  const number = digits.replace(/^0+/, "") || "0";
  return "9".repeat(floorDivide(number.length, 9)) + (number.length % 9) + number;
}

/** @param {string} character */
function belowTheSurrogates(character) {
  const rest = /** @type {number} */ (character.codePointAt(0)) - 0x10000;
  return `\uffff${String.fromCharCode(0x4000 + (rest >> 10), 0x4000 + (rest & 0x3ff))}`;
}

/** @param {number} number */
function whole(number) {
  if (!Number.isSafeInteger(number)) throw new RangeError(`not a whole number that both ends can hold: ${number}`);
  return number;
}

/** @param {number} number */
function grouped(number) {
  return String(number).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, "0");
}

/**
 * @template T
 * @param {Record<string, T>} table
 * @param {string} key
 * @returns {T}
 */
function of(table, key) {
  if (!Object.hasOwn(table, key)) throw new RangeError(`not one of ${Object.keys(table).join(", ")}: ${key}`);
  return table[key];
}

/**
 * @param {number} number
 * @param {number} by
 */
function modulo(number, by) {
  return ((number % by) + by) % by;
}

/**
 * Exact for every safe whole number, where the quotient itself may round up.
 * @param {number} number
 * @param {number} by
 */
function floorDivide(number, by) {
  return (number - modulo(number, by)) / by;
}

/**
 * @param {number} atMs
 * @param {Zone} zone
 */
function localMs(atMs, zone) {
  if (zone.length === 0 || whole(atMs) < EARLIEST_MS || atMs > LATEST_MS) {
    throw new RangeError(`no time of day for ${atMs} in ${JSON.stringify(zone)}`);
  }
  let offsetMinutes = zone[0][1];
  for (const [fromMs, minutes] of zone) if (fromMs <= atMs) offsetMinutes = minutes;
  return atMs + whole(offsetMinutes) * MINUTE_MS;
}

/**
 * Year, month and day of days since 1970-01-01, by Howard Hinnant's `civil_from_days`.
 * @param {number} days
 */
function calendar(days) {
  const era = floorDivide(days + 719_468, 146_097);
  const dayOfEra = modulo(days + 719_468, 146_097);
  const corrected =
    dayOfEra - floorDivide(dayOfEra, 1460) + floorDivide(dayOfEra, 36_524) - floorDivide(dayOfEra, 146_096);
  const yearOfEra = floorDivide(corrected, 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + floorDivide(yearOfEra, 4) - floorDivide(yearOfEra, 100));
  const shiftedMonth = floorDivide(5 * dayOfYear + 2, 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return [year, month, dayOfYear - floorDivide(153 * shiftedMonth + 2, 5) + 1];
}

function folds() {
  /** @type {Map<string, string>} */
  const table = new Map();
  for (const item of FOLDS.flatMap((line) => line.split(" "))) {
    const [sources, target] = item.split("\u2192");
    for (const source of sources) table.set(source, target);
  }
  return table;
}

/** Made when something is folded first: a start that folds nothing waits for none of it. @type {Map<string, string> | null} */
let made = null;
const ALL_MARKS = new RegExp(`[${MARKS}]`, "gu");
const ALL_SPACES = new RegExp(`[${SPACES}]`, "gu");
const DIGITS = /[0-9]+/g;
const ASTRAL = /[\u{10000}-\u{10ffff}]/gu;
