/**
 * Scanning, on every page: one script for the whole visit. It follows the `#scan` section as pages come and go, and
 * hears a keyboard wedge everywhere. A page may take scans itself (`data-scan-into`, `data-scan-paper`) or want none
 * (`data-scan-off`).
 */

import { recordLeft } from "./count_left.js";
import { chooseShelf } from "./count_shelf.js";
import { takeUpPaper } from "./paper_kept.js";
import { attendBeside, listenBeside } from "./scan_beside.js";
import { giveFeedback } from "./scan_feedback.js";
import { enterScanHome } from "./scan_home.js";
import { scanInto, takesScans } from "./scan_into.js";
import { hearWedge } from "./scan_keyboard.js";
import { scanOntoPaper, takesPaper } from "./scan_paper.js";
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
  attendBeside();
  takeUpPaper();
}

/** @param {string} code */
function take(code) {
  if (home) return home.scan(code);
  if (document.querySelector("[data-scan-off]")) {
    if (!chooseShelf(code)) giveFeedback("unknown", null);
    return;
  }
  if (takesScans()) return scanInto(code, take);
  if (takesPaper()) return scanOntoPaper(code);
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
listenBeside(take);
recordLeft();
new MutationObserver(attend).observe(document.documentElement, { childList: true, subtree: true });
attend();
