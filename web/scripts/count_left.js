/** What a page of a count could not record before it was left, a phone that ran empty say, is recorded from any page. */

import { dueOf, recordOne } from "./count_recording.js";
import { countKey, placeOf, saveCounted } from "./count_saved.js";
import { mintId } from "./scan_unknown.js";

// Counts end after a day.
const KEPT_MS = 2 * 86_400_000;

/**
 * @param {{ session: string, shelf: string }} [here] only other shelves of this count
 * @returns {Promise<number>} how many are left
 */
export async function recordLeft(here) {
  const owner = document.body.dataset.person ?? "";
  const open = document.querySelector("#count[data-count]");
  const shown = here ?? /** @type {HTMLElement | null} */ (open)?.dataset;
  let left = 0;
  for (const key of Object.keys(localStorage)) {
    const place = placeOf(key);
    if (place?.owner !== owner || (here && place.session !== here.session)) continue;
    // The page at work records its own.
    if (shown?.session && key === countKey({ owner, session: shown.session, shelf: shown.shelf ?? "" })) continue;
    left += await recordKept(key, saveCounted(place));
  }
  return left;
}

/** @param {string} key @param {import("./count_recording.js").Save} save */
async function recordKept(key, save) {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  const due = dueOf(kept?.list?.entries ?? []);
  if (due.length === 0 && !(kept?.at > Date.now() - KEPT_MS)) localStorage.removeItem(key);
  const keep = () => localStorage.setItem(key, JSON.stringify(kept));
  for (const entry of due) await recordOne(entry, keep, save, mintId);
  return dueOf(due).length;
}
