/** Gathers what was scanned into a list of labels. */

const MOST = 100;

/**
 * Makes the scan page's link name every item of its list, as often as it was scanned.
 * @param {import("./scan_list.js").Entry[]} entries
 */
export function nameScanned(entries) {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-scan-labels]"));
  if (!link) return;
  const known = entries.filter(({ item }) => item !== "").slice(0, MOST);
  const lines = known.map(({ item, times }) => `item=${item}&quantity=${times}`).reverse();
  link.hidden = lines.length === 0;
  link.href = `/labels?${lines.join("&")}`;
}
