/**
 * Codes that nobody knows: how one is kept, what is known of it, and what a page says; twin of `unknown_codes.py`.
 *
 * What is kept is the row of an `unknown_codes:` bucket, see `PROTOCOL.md`. It is a function of the set of operations
 * that tell of the code, whatever their arrival.
 */

import { one, stripped, whole } from "./forms.js";
import { checkDigitFits, whatIs } from "./gs1.js";
import { inStoreOf } from "./gs1_measures.js";
import { newest, problems } from "./operations.js";
import { printedGtin } from "./shelf.js";

/** @typedef {{operation: string, at: number, shelf: string, before: string[], after: string[], photo: string | null}} Sighting */
/** @typedef {{id: string, store: number, code: string, times: number, first_at: number, last_at: number,
 *   dismissed_at: number, seen: Sighting[]}} Row */
/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {import("./forms.js").Read} Read */

export const KINDS = ["code.unknown", "code.dismiss", "barcode.teach"];
// What is further on in a code tells no two of them apart.
const MOST_READ = 1000;
const MOST_LETTERS = 80;
const LETTERS_OF_A_LONG_ONE = 60;
const MOST_SEEN = 5;
const MOST_BESIDE = 3;
const MOST_NEIGHBOURS = 6;
const MOST_TIMES = 1_000_000;
// Controls, marks that join, hide or turn text, halves of characters, and what is none.
const UNSEEN = [
  [0x80, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfdd0, 0xfdef],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

/**
 * A code as it is kept: the 14 digits of a trade item, else its text, bounded and with nothing in it that cannot be
 * seen. A long one ends in eight digits that tell it from others that begin alike. The same again changes nothing.
 * @param {string} code @returns {string}
 */
export function keptCode(code) {
  let meaning = whatIs(code.length > MOST_READ ? [...code].slice(0, MOST_READ).join("") : code);
  let again = whatIs(meaning.text);
  // What is left of a wrapping may be a code of its own.
  while (!meaning.gtin && (again.text !== meaning.text || again.gtin)) [meaning, again] = [again, whatIs(again.text)];
  if (meaning.gtin) return meaning.gtin;
  const letters = [...meaning.text].map(seenLetter);
  const text = letters.join("");
  if (letters.length <= MOST_LETTERS) return text;
  return `${letters.slice(0, LETTERS_OF_A_LONG_ONE).join("")}…${mark(letters)}`;
}

/** As it stands under the bars, or as it is kept. @param {string} code */
export function shownCode(code) {
  const { gtin } = whatIs(code);
  return gtin === code ? printedGtin(gtin) : code;
}

/** The page on which somebody says whose a code is. @param {string} code */
export function matchAddress(code) {
  return `/unknown-codes/match?code=${encodeURIComponent(code)}`;
}

/** Why somebody should look twice before an item gets this code: `in_store`, `check_digit`, `no_gtin` or "". @param {string} code */
export function codeDoubt(code) {
  const { gtin } = whatIs(code);
  // It means another item, or another weight, in the shop next door.
  if (gtin) return inStoreOf(gtin) ? "in_store" : "";
  const isNumber = /^(?:[0-9]{8}|[0-9]{12,14})$/.test(code);
  return isNumber && !checkDigitFits(code) ? "check_digit" : "no_gtin";
}

/**
 * What is kept of a code once a `code.unknown` has happened, `at` its effective time. Scans count up. One with `times`
 * 0 only adds to what is kept; null where nothing is.
 * @param {Row | null} before @param {{id: string, at: number, args: any}} op @returns {Row | null}
 */
export function codeAfter(before, { id, at, args }) {
  const times = args.times ?? 1;
  if (before === null && times === 0) return null;
  const old = before ?? { id, times: 0, first_at: at, last_at: at, dismissed_at: 0, seen: [] };
  const sighting = {
    operation: id,
    at,
    shelf: [...(args.shelf ?? "")].map(seenLetter).join(""),
    before: (args.before ?? []).slice(-MOST_BESIDE).map(keptCode),
    after: (args.after ?? []).slice(0, MOST_BESIDE).map(keptCode),
    photo: args.photo ?? null,
  };
  const seen = [...old.seen, sighting].sort((a, b) => a.at - b.at || (a.operation < b.operation ? -1 : 1));
  return {
    id: old.id,
    store: args.store,
    code: keptCode(args.code),
    times: Math.min(old.times + times, MOST_TIMES),
    first_at: times ? Math.min(old.first_at, at) : old.first_at,
    last_at: times ? Math.max(old.last_at, at) : old.last_at,
    dismissed_at: old.dismissed_at,
    seen: latestSeen(seen),
  };
}

/** The five latest; before them the latest with a photo, where none of them has one. @param {Row["seen"]} seen */
function latestSeen(seen) {
  const latest = seen.slice(-MOST_SEEN);
  const pictured = latest.some(({ photo }) => photo) ? [] : seen.slice(0, -MOST_SEEN).filter(({ photo }) => photo);
  return [...pictured.slice(-1), ...latest];
}

/** The same once somebody said at that moment that it is none of ours. @param {Row} before @param {number} at @returns {Row} */
export function codeDismissed(before, at) {
  return { ...before, dismissed_at: Math.max(before.dismissed_at, at) };
}

/** Whether it was scanned since it was last put away. @param {Row} row */
export function isOpen({ last_at, dismissed_at }) {
  return last_at > dismissed_at;
}

/**
 * Those that wait for somebody, the last scanned first; `known` are codes that an item of the store has by now.
 * @param {Row[]} rows @param {string[]} known
 */
export function codesListed(rows, known) {
  const found = new Set(known);
  const waiting = rows.filter((row) => isOpen(row) && !found.has(row.code));
  return waiting.sort((a, b) => b.last_at - a.last_at || (a.id < b.id ? -1 : 1));
}

/**
 * One code as a page shows it. `proposal` is the reader's newest word on whose it is, as `journal.told` makes it;
 * `waiting` counts operations on it that the hub has not answered.
 * @param {Row} row @param {any} proposal @param {number} waiting
 */
export function codeRow(row, proposal, waiting) {
  return {
    code: row.code,
    shown: shownCode(row.code),
    href: matchAddress(row.code),
    times: row.times,
    first_at: row.first_at,
    last_at: row.last_at,
    shelf: latest(row, "shelf"),
    photo: latest(row, "photo"),
    neighbours: neighbours(row).map(shownCode),
    doubt: codeDoubt(row.code),
    proposal,
    waiting,
  };
}

/** Codes scanned just before and after it, of the latest scans first. @param {Row} row */
export function neighbours(row) {
  const beside = row.seen.toReversed().flatMap((one) => [...one.before.toReversed(), ...one.after]);
  return [...new Set(beside)].filter((code) => code !== row.code).slice(0, MOST_NEIGHBOURS);
}

/**
 * The first of the operations that say whose a code is, by code: newest first they give the newest word.
 * @template {{kind: string, args: any}} Kept
 * @param {Kept[]} operations @param {number} store @returns {Map<string, Kept>}
 */
export function proposals(operations, store) {
  const found = new Map();
  for (const one of operations) {
    const { kind, args } = one;
    if (kind === "barcode.teach" && args.store === store && !found.has(args.code)) found.set(args.code, one);
  }
  return found;
}

/**
 * A scan that found nothing, more of what is known of it → `code.unknown`; "not ours" → `code.dismiss`.
 * @param {Fields} fields @param {number} store @returns {Read}
 */
export function codeForm(fields, store) {
  const code = keptCode(one(fields, "code"));
  if (!code) return problem("field_missing", { field: "code" });
  /** @type {Record<string, any>} */
  const args = { store, code };
  if (one(fields, "action") === "dismiss") return sound("code.dismiss", args);
  if (one(fields, "times")) {
    const times = whole(one(fields, "times"));
    if (times === null) return problem("not_a_number", { field: "times" });
    args.times = times;
  }
  for (const name of ["shelf", "photo"]) {
    if (stripped(one(fields, name))) args[name] = stripped(one(fields, name));
  }
  for (const name of ["before", "after"]) {
    const beside = (fields[name] ?? []).map(keptCode).filter(Boolean);
    if (beside.length > 0) args[name] = name === "before" ? beside.slice(-MOST_BESIDE) : beside.slice(0, MOST_BESIDE);
  }
  return sound("code.unknown", args);
}

/**
 * Whose the code is → `barcode.teach`; on the same page where it was seen → `code.unknown`.
 * @param {Fields} fields @param {number} store @param {string} code @returns {Read}
 */
export function teachForm(fields, store, code) {
  if (one(fields, "action") !== "teach") return codeForm({ ...fields, code: [code], times: ["0"] }, store);
  const item = whole(one(fields, "item"));
  if (item === null) return problem("item_unknown");
  return sound("barcode.teach", { store, item, code: keptCode(code) });
}

/** @param {Row} row @param {"shelf" | "photo"} name */
function latest({ seen }, name) {
  return seen.findLast((one) => one[name])?.[name] ?? "";
}

/** One character that can be seen and turns no text around. @param {string} letter */
function seenLetter(letter) {
  const point = /** @type {number} */ (letter.codePointAt(0));
  if (point < 0x20 || point === 0x7f) return String.fromCodePoint(point === 0x7f ? 0x2421 : 0x2400 + point);
  const isUnseen = UNSEEN.some(([low, high]) => low <= point && point <= high) || (point & 0xfffe) === 0xfffe;
  return isUnseen ? "\ufffd" : letter;
}

/** Eight digits by FNV-1a over the code points. @param {string[]} letters */
function mark(letters) {
  let lane = 0x811c9dc5;
  for (const letter of letters) {
    lane = Math.imul(lane ^ /** @type {number} */ (letter.codePointAt(0)), 0x01000193) >>> 0;
  }
  return lane.toString(16).padStart(8, "0");
}

/** @param {string} kind @param {Record<string, any>} args @returns {Read} */
function sound(kind, args) {
  const found = problems(kind, newest(kind), args);
  return found.length > 0 ? { problem: found[0] } : { kind, args };
}

/** @param {string} code @param {Record<string, string | number>} params @returns {Read} */
function problem(code, params = {}) {
  return { problem: { code, params } };
}
