/**
 * Scanning, on every page: one script for the whole visit. It follows the `#scan` section as pages come and go, and
 * hears a keyboard wedge everywhere. A page may take scans itself (`data-scan-into`) or want none (`data-scan-off`).
 */

import { enterScanHome } from "./scan_home.js";
import { scanInto, takesScans } from "./scan_into.js";
import { hearWedge } from "./scan_keyboard.js";
import { keepForScanPage } from "./scan_saved.js";

const PATIENCE_MS = 3000;

/** @type {import("./scan_home.js").ScanHome | null} */
let home = null;

function attend() {
  if (home && !home.isWhole()) {
    home.leave();
    home = null;
  }
  const section = document.getElementById("scan");
  if (section && !home) home = enterScanHome(section);
  home?.mend();
}

/** @param {string} code */
function take(code) {
  if (home) return home.scan(code);
  if (document.querySelector("[data-scan-off]")) return;
  if (takesScans()) return scanInto(code, take);
  goHomeWith(code);
}

let isGoing = false;

/**
 * The scan page is fetched into this same document where it can be: keys of the next scans are then not lost on the way.
 * @param {string} code
 */
function goHomeWith(code) {
  const link = /** @type {HTMLElement | null} */ (document.querySelector('a[href="/"]'));
  if (!link) return location.assign(`/?code=${encodeURIComponent(code)}`);
  keepForScanPage(code);
  if (isGoing) return;
  isGoing = true;
  link.click();
  setTimeout(() => {
    isGoing = false;
    if (!home) location.assign("/");
  }, PATIENCE_MS);
}

hearWedge(take);
new MutationObserver(attend).observe(document.documentElement, { childList: true, subtree: true });
attend();
