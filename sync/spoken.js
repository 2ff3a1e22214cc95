/**
 * The short number of a transfer, to be said over the phone and written on a box; twin of `spoken.py`.
 *
 * It is made of the transfer's id alone, so a phone without a network gives the number that everybody else will see: six
 * characters of Crockford's base 32 (no I, L, O and U) hold the last thirty bits of the id, which are random. One of 100
 * open papers of a store shares its number with another once in 217,000 such stores, one of 1,000 once in 2,150. Where
 * two do, a search finds both.
 */

import { fold } from "./formats.js";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** @type {Record<string, string>} */
const MEANT = { O: "0", I: "1", L: "1" };
const HALF = 3;

/** `4K7-Q2M` of a UUID. @param {string} transfer */
export function spoken(transfer) {
  const bits = Number.parseInt(transfer.slice(-8), 16);
  const said = [25, 20, 15, 10, 5, 0].map((shift) => LETTERS[(bits >>> shift) & 31]).join("");
  return `${said.slice(0, HALF)}-${said.slice(HALF)}`;
}

/**
 * The number that somebody meant, in any case and width, with or without its dash, O for 0 and I or L for 1; else "".
 * @param {string} typed
 */
export function heard(typed) {
  const letters = [...fold(typed).toUpperCase()].filter((letter) => !" -\u2013".includes(letter));
  const plain = letters.map((letter) => MEANT[letter] ?? letter);
  const known = plain.length === 2 * HALF && plain.every((letter) => LETTERS.includes(letter));
  return known ? `${plain.slice(0, HALF).join("")}-${plain.slice(HALF).join("")}` : "";
}
