/** Says of scanned goods that they are expired: the page carries the day, the phone knows which day it is. */

import { whenMarkupArrives } from "./arrival.js";
import { localDay } from "./local_day.js";

const MINUTE_MS = 60_000;

function warn() {
  const today = localDay(Date.now());
  for (const note of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-expired-after]"))) {
    const isExpired = today > (note.dataset.expiredAfter ?? "");
    if (note.hidden === isExpired) note.hidden = !isExpired;
  }
}

whenMarkupArrives(warn);
// A page may stand open past midnight.
setInterval(warn, MINUTE_MS);
