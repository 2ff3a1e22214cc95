/** Leads on with what was scanned: to labels of it, or to a request for it. */

import { countable } from "./scan_count.js";

const MOST = 100;

/**
 * Makes the links of the scan page name every item of its list, as often as it was scanned.
 * @param {import("./scan_list.js").Entry[]} entries
 */
export function nameScanned(entries) {
  const known = entries.filter(({ item }) => item !== "").slice(0, MOST);
  const lines = known.map(({ item, times }) => `item=${item}&quantity=${times}`).reverse();
  for (const element of document.querySelectorAll("[data-scan-names]")) {
    const link = /** @type {HTMLAnchorElement} */ (element);
    link.hidden = lines.length === 0;
    link.search = lines.join("&");
  }
  const count = /** @type {HTMLElement | null} */ (document.querySelector("[data-count-open]"));
  if (count) count.hidden = countable(entries).length === 0;
}
