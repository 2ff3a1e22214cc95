/**
 * The camera on a page that takes scans itself, such as a transfer that is received: a button opens it above what is
 * scanned, and closes it again. Every code it reads goes where a hardware scanner's would.
 */

import { giveFeedback, listenToMute } from "./scan_feedback.js";
import { sayOfCamera, viewParts } from "./scan_view.js";
import { createViewfinder } from "./scan_viewfinder.js";

/** @typedef {{ video: HTMLVideoElement, path: string, viewfinder: ReturnType<typeof createViewfinder>, ended: AbortController }} Open */

/** @type {Open | null} */
let open = null;

const sectionNow = () => document.getElementById("scan-beside-view");

/** Whether it is opened, shown; a refresh of the page brings markup that does not know. @param {boolean} isOpen */
function show(isOpen) {
  const section = sectionNow();
  if (section && section.hidden === isOpen) section.hidden = !isOpen;
  const button = document.querySelector("[data-scan-beside]");
  if (button?.getAttribute("aria-expanded") !== String(isOpen)) button?.setAttribute("aria-expanded", String(isOpen));
}

function close() {
  open?.ended.abort();
  open?.viewfinder.leave();
  open = null;
  show(false);
}

/** @param {(code: string) => void} onCode */
function begin(onCode) {
  const section = sectionNow();
  if (!section) return;
  show(true);
  const parts = viewParts(section);
  const ended = new AbortController();
  listenToMute(ended.signal);
  const read = (/** @type {string} */ code) => {
    // What it counts for is said where it counts; that it was read, here.
    giveFeedback("waiting", parts.aim);
    onCode(code);
  };
  const viewfinder = createViewfinder(parts, { onCode: read, say: sayOfCamera });
  open = { video: parts.video, path: location.pathname, viewfinder, ended };
  // The tap that opened it is the one that starts it, where the browser wants one.
  parts.start?.click();
}

/** @param {(code: string) => void} onCode */
export function listenBeside(onCode) {
  document.addEventListener("click", ({ target }) => {
    if (!(/** @type {Element} */ (target).closest("[data-scan-beside]"))) return;
    if (open) close();
    else begin(onCode);
  });
}

/** Called whenever the page changed: another page has closed it, a refreshed one shows it again. */
export function attendBeside() {
  if (!open) return;
  if (!open.video.isConnected || open.path !== location.pathname) return close();
  show(true);
  open.viewfinder.mend();
}
