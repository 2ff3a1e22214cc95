/** What of a code a page shows to staff; twin of gs1_told.py. */

import { read } from "./gs1.js";

// Another symbol on the same goods may hold what is needed beside this one, and how a link is written helps nobody here.
const NOT_FOR_STAFF = ["needs", "link_form", "link_gtin", "link_order", "link_path", "link_attribute"];

/**
 * "" and 0 for what the code does not tell. `expiry` and `best_before` are ISO days, `weight` is as `1.250 kg`.
 * @typedef {{ lot: string, expiry: string, best_before: string, serial: string, count: number, weight: string,
 *   wrong: import("./gs1_elements.js").Mistake[] }} Told
 */

/**
 * Null for a code that tells nothing but which item it is. `today` is an ISO day.
 * @param {string} code @param {string} today
 * @returns {Told | null}
 */
export function toldOf(code, today) {
  const { lot, expiry, best_before, serial, quantity, weight, errors } = read(code, today);
  const wrong = errors.filter((error) => !NOT_FOR_STAFF.includes(error.code));
  const told = {
    lot: lot ?? "",
    expiry: expiry ?? "",
    best_before: best_before ?? "",
    serial: serial ?? "",
    count: quantity ?? 0,
    weight: weight ? `${weight.value} ${weight.unit}` : "",
    wrong,
  };
  const tells = lot || expiry || best_before || serial || quantity || weight || wrong.length > 0;
  return tells ? told : null;
}
