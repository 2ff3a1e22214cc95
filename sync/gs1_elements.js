/** Takes element strings and bracketed ones apart, and judges what stands together; twin of gs1_elements.py. */

import { allDigits } from "./gs1_digits.js";
import { fixedLength, identifierAt, identifierOf, matches } from "./gs1_identifiers.js";
import { problem } from "./gs1_values.js";

// What a scanner sends for FNC1 after a value whose length is open.
export const SEPARATOR = "\x1d";

/**
 * What is wrong: `ai` is empty where it is the code as a whole.
 * @typedef {{ ai: string, code: string }} Mistake
 */
/** @typedef {[string, string][]} Elements */
/** @typedef {{ elements: Elements, errors: Mistake[] }} Apart */

/**
 * The elements of a string as a scanner sends it: values without a separator are as long as their AI says.
 * @param {string} text @returns {Apart}
 */
export function inString(text) {
  /** @type {Elements} */
  const elements = [];
  /** @type {Mistake[]} */
  const errors = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === SEPARATOR) {
      at += 1;
      continue;
    }
    const separator = text.indexOf(SEPARATOR, at);
    const end = separator < 0 ? text.length : separator;
    const ai = identifierAt(text, at);
    const fixed = fixedLength(ai);
    const stop = fixed ? Math.min(at + ai.length + fixed, end) : end;
    if (identifierOf(ai)) elements.push([ai, text.slice(at + ai.length, stop)]);
    else errors.push({ ai: allDigits(ai) ? ai : "", code: "unknown_ai" });
    at = stop;
  }
  return { elements, errors };
}

/**
 * The elements of `(01)…(10)…`; null where the text does not begin so. `\(` is a bracket inside a value.
 * @param {string} text @returns {Apart | null}
 */
export function inBrackets(text) {
  const found = [...text.matchAll(/(?<!\\)\(([0-9]{2,4})\)/g)];
  if (found.length === 0 || found[0].index !== 0) return null;
  /** @type {Elements} */
  const elements = [];
  /** @type {Mistake[]} */
  const errors = [];
  found.forEach((each, place) => {
    const end = found[place + 1]?.index ?? text.length;
    const value = text.slice(each.index + each[0].length, end).replaceAll("\\(", "(");
    if (identifierOf(each[1])) elements.push([each[1], value]);
    else errors.push({ ai: each[1], code: "unknown_ai" });
  });
  return { elements, errors };
}

/**
 * All values by AI, those that are sound, and what is wrong with the others and between them.
 * @param {Elements} elements @param {string} today
 */
export function judged(elements, today) {
  /** @type {Map<string, string>} */
  const values = new Map();
  /** @type {Map<string, string>} */
  const sound = new Map();
  /** @type {Mistake[]} */
  const errors = [];
  for (const [ai, value] of elements) {
    if (values.has(ai)) {
      if (values.get(ai) !== value) errors.push({ ai, code: "repeated" });
      continue;
    }
    const known = identifierOf(ai);
    const wrong = known ? problem(known, value, today) : null;
    values.set(ai, value);
    if (wrong) errors.push({ ai, code: wrong });
    else sound.set(ai, value);
  }
  for (const ai of values.keys()) errors.push(...beside(ai, values).map((code) => ({ ai, code })));
  return { values, sound, errors };
}

/** @param {string} ai @param {Map<string, string>} values */
function beside(ai, values) {
  const known = identifierOf(ai);
  if (!known) return [];
  const holdsAll = (/** @type {string[]} */ group) => group.every((one) => holds(values, ai, one));
  const lacks = known.needs.length > 0 && !known.needs.some(holdsAll);
  const isBarred = known.bars.some((pattern) => holds(values, ai, pattern));
  return [...(lacks ? ["needs"] : []), ...(isBarred ? ["excludes"] : [])];
}

/** Whether another one than `ai` is there that the pattern means. @param {Map<string, string>} values @param {string} ai @param {string} pattern */
function holds(values, ai, pattern) {
  if (pattern.endsWith("s")) {
    const key = pattern.slice(0, -1);
    return (values.get(key) ?? "").length > (identifierOf(key)?.least ?? 0);
  }
  if (!pattern.includes("n")) return values.has(pattern) && pattern !== ai;
  return [...values.keys()].some((other) => other !== ai && matches(other, pattern));
}
