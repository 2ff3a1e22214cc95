/** Shelves of a count whose labels are scanned. */

import { giveFeedback } from "./scan_feedback.js";

/** A scan of a shelf's label is a tap on its button. @param {string} code @returns whether it was one */
export function chooseShelf(code) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("#count-shelves button"));
  const shelf = [...buttons].find(({ value }) => value.toUpperCase() === code.trim().toUpperCase());
  if (!shelf) return false;
  giveFeedback("new", shelf);
  if (shelf.getAttribute("aria-current") !== "true") shelf.click();
  return true;
}
