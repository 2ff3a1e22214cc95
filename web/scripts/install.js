/**
 * Offers to install the app, on the own page only, and after everything is sent: an app installed on iOS begins with an
 * empty storage, so what waits here would wait unseen.
 */

import { whenMarkupArrives } from "./arrival.js";
import { stateNow } from "./state.js";
import { hear } from "./worker.js";

/** @typedef {Event & { prompt(): Promise<unknown> }} Offer */

/** @type {Offer | null} */
let offer = null;

const isInstalled = () => matchMedia("(display-mode: standalone)").matches;
// Safari on iOS installs too, but only by its own menu; an iPad calls itself a Mac that can be touched.
const isApple = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

function draw() {
  const section = document.getElementById("install");
  if (!section) return;
  const canInstall = !isInstalled() && window.isSecureContext && (offer !== null || isApple());
  const isWaiting = (stateNow()?.waiting ?? 0) > 0;
  section.hidden = !canInstall;
  show(section, "[data-install-waiting]", isWaiting);
  show(section, "[data-install]", !isWaiting && offer !== null);
  show(section, "[data-install-ios]", !isWaiting && offer === null);
}

/**
 * @param {Element} section
 * @param {string} selector
 * @param {boolean} isShown
 */
function show(section, selector, isShown) {
  const place = /** @type {HTMLElement | null} */ (section.querySelector(selector));
  if (place) place.hidden = !isShown;
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = /** @type {Offer} */ (event);
  draw();
});
window.addEventListener("appinstalled", () => {
  offer = null;
  draw();
});
document.addEventListener("click", async ({ target }) => {
  if (!offer || !(/** @type {Element} */ (target).closest("[data-install]"))) return;
  await offer.prompt();
  offer = null;
  draw();
});
hear((news) => news.type === "state" && draw());
whenMarkupArrives(draw);
