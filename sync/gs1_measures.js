/** Weights, and the numbers that a store prints for itself; twin of gs1_measures.py. */

import { checkDigit } from "./gs1_digits.js";

// Net weights by the first three digits of their AI; the fourth says how many digits stand behind the point.
const UNITS = [
  ["310", "kg"],
  ["320", "lb"],
  ["356", "ozt"],
];

/**
 * `value` is exact, with all its decimals; `grams` is there where a weight in kilograms is whole grams.
 * @typedef {{ value: string, unit: string, grams?: number }} Weight
 */

/**
 * A number of no meaning outside the store or its chain (02, 04, 20 to 29; of eight digits 0 and 2).
 * Of thirteen digits from 02 or 2, `item` is the first seven and `measure` the five before the check digit (a price or
 * a weight), as most countries lay them out; `gtin` is the number with a measure of zeros, 14 digits.
 * @typedef {{ item: string, measure: string, gtin: string }} InStore
 */

/**
 * The net weight among values by AI, kilograms before other units.
 * @param {Map<string, string>} values @returns {Weight | null}
 */
export function weightOf(values) {
  for (const [first, unit] of UNITS) {
    for (let decimals = 0; decimals < 6; decimals += 1) {
      const said = values.get(`${first}${decimals}`);
      if (said !== undefined) return weight(Number(said), decimals, unit);
    }
  }
  return null;
}

/**
 * What a store may have put into a number of its own; null for a number that holds everywhere.
 * @param {string} gtin @returns {InStore | null}
 */
export function inStoreOf(gtin) {
  if (gtin.startsWith("000000")) {
    return "02".includes(gtin[6]) ? { item: gtin.slice(6), measure: "", gtin } : null;
  }
  const first = gtin.slice(0, 3);
  if (first === "004") return { item: gtin.slice(1), measure: "", gtin };
  if (first !== "002" && !first.startsWith("02")) return null;
  const without = `${gtin.slice(0, 8)}00000`;
  return { item: gtin.slice(1, 8), measure: gtin.slice(8, 13), gtin: without + checkDigit(without) };
}

/**
 * The numbers under which an item may be listed: its own, and that of a store without the weight or price in it.
 * @param {string} gtin
 */
export function sought(gtin) {
  const inStore = inStoreOf(gtin);
  return inStore && inStore.gtin !== gtin ? [gtin, inStore.gtin] : [gtin];
}

/** @param {number} digits @param {number} decimals @param {string} unit @returns {Weight} */
function weight(digits, decimals, unit) {
  const padded = String(digits).padStart(decimals + 1, "0");
  const value = decimals ? `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}` : padded;
  const grams = (digits * 1000) / 10 ** decimals;
  return unit === "kg" && Number.isInteger(grams) ? { value, unit, grams } : { value, unit };
}
