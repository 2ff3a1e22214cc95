/**
 * The application identifiers of the GS1 General Specifications, as gs1_table.js lists them; twin of
 * gs1_identifiers.py.
 *
 * A form reads `N14 check, X..17 maybe`: digits (N), the 82 characters (X), the 39 (Y) or the 64 (Z); how many; rules
 * of gs1_values; `maybe` where the part may be left out. `needs` are alternatives of what must stand beside it, `bars`
 * what must not, `key` the qualifiers that may follow it in a Digital Link. An `n` stands for any digit, up to `upto`;
 * an `s` asks for the serial part that may be left out elsewhere.
 */

import { TABLE } from "./gs1_table.js";

/**
 * One piece of a value: its set of characters, lengths, rules, and whether it may be left out.
 * @typedef {{ characters: string, least: number, most: number, rules: string[], mayMiss: boolean }} Part
 */

/**
 * `fixed` is the length of the value where the scanner sends no separator after it, else 0.
 * `needs` are alternatives, each a list of patterns; `key` is null for what is no key of a Digital Link.
 * @typedef {{ parts: Part[], least: number, most: number, fixed: number, needs: string[][], bars: string[],
 *   key: string[][] | null, attribute: boolean }} Identifier
 */

/** @typedef {{ form: string, upto?: number, needs?: string[], bars?: string[], key?: string[], attribute?: boolean }} Entry */

/** @type {Map<string, Entry>} */
const ENTRIES = new Map(Object.entries(TABLE.identifiers));
/** @type {Map<string, number>} */
const PREDEFINED = new Map(Object.entries(TABLE.predefined));
const DIGITS = new Map([...ENTRIES.keys()].map((ai) => [ai.slice(0, 2), ai.length]));
// Each is read the first time it is met: a worker that starts has no time for all of them.
/** @type {Map<string, Identifier | null>} */
const known = new Map();

/**
 * What is known of an application identifier such as `01` or `3103`.
 * @param {string} ai
 */
export function identifierOf(ai) {
  let found = known.get(ai);
  if (found === undefined) {
    const entry = ENTRIES.get(ai) ?? lastDigitOf(ai);
    if (!entry) return null;
    found = identifier(ai, entry);
    known.set(ai, found);
  }
  return found;
}

/** @param {string} ai @returns {Entry | null} */
function lastDigitOf(ai) {
  if (!/^[0-9]{4}$/.test(ai)) return null;
  const entry = ENTRIES.get(`${ai.slice(0, 3)}n`);
  return entry && Number(ai[3]) <= (entry.upto ?? 0) ? entry : null;
}

/**
 * The digits at `at` that an application identifier would have: two to four, as the first two say; else two.
 * @param {string} text @param {number} at
 */
export function identifierAt(text, at) {
  const first = text.slice(at, at + 2);
  return text.slice(at, at + (DIGITS.get(first) ?? 2));
}

/**
 * How many characters follow, known or not, where the first two digits alone say so (7.8.5); else 0.
 * @param {string} ai
 */
export function fixedLength(ai) {
  return PREDEFINED.get(ai.slice(0, 2)) ?? 0;
}

/**
 * Whether `3103` is one of `310n` or `31nn`.
 * @param {string} ai @param {string} pattern
 */
export function matches(ai, pattern) {
  if (ai.length !== pattern.length) return false;
  for (let place = 0; place < ai.length; place += 1) {
    if (pattern[place] !== "n" && pattern[place] !== ai[place]) return false;
  }
  return true;
}

/** @param {string} words @returns {Part} */
function part(words) {
  const [, characters, isOpen, count, said] = /** @type {string[]} */ (/^([NXYZ])(\.\.)?([0-9]+)(.*)$/.exec(words));
  const rules = said.split(" ").filter(Boolean);
  return {
    characters,
    least: isOpen ? 1 : Number(count),
    most: Number(count),
    rules: rules.filter((rule) => rule !== "maybe"),
    mayMiss: rules.includes("maybe"),
  };
}

/** @param {string} ai @param {Entry} entry @returns {Identifier} */
function identifier(ai, entry) {
  const parts = entry.form.split(", ").map(part);
  return {
    parts,
    least: parts.reduce((sum, { least, mayMiss }) => sum + (mayMiss ? 0 : least), 0),
    most: parts.reduce((sum, { most }) => sum + most, 0),
    fixed: fixedLength(ai),
    needs: (entry.needs ?? []).map((group) => group.split("+")),
    bars: entry.bars ?? [],
    key: entry.key ? entry.key.map((chain) => chain.split(" ")) : null,
    attribute: entry.attribute ?? true,
  };
}
