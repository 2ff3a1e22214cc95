/** Offers a new release when one is ready. It is taken when somebody says so, never under their hands. */

import { whenMarkupArrives } from "./arrival.js";
import { hasWorkers } from "./worker.js";

const LOOK_MS = 600_000;
const PATIENT_MS = 2_000;
const TRIES = 3;
/** How many tries are left, and which release asks: remembered while the page loads anew. */
const LEFT = "stockhand-update-tries";
const RELEASE = import.meta.url;

/** @type {ServiceWorker | null} */
let ready = null;
let isLater = false;
let isTaken = triesLeft() !== null;
let lookedAt = Date.now();

function draw() {
  const offer = document.getElementById("update-offer");
  if (offer) offer.hidden = !ready || isLater;
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    ready = registration.waiting;
    draw();
  };
  offer();
  goOn();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  document.addEventListener("visibilitychange", () => {
    // Pages change without navigations, so the browser itself would hardly ever look.
    if (document.visibilityState !== "visible" || Date.now() - lookedAt < LOOK_MS) return;
    lookedAt = Date.now();
    registration.update().catch(() => draw());
  });
}

/**
 * Chromium asks the old worker to make room only in the moment it is told to, and one that something wakes in that
 * moment stays until it was idle for half a minute, which pages hardly leave it. A page that loads asks again.
 * @param {number} tries
 */
function take(tries) {
  isTaken = true;
  ready?.postMessage({ type: "update" });
  if (tries > 0) setTimeout(() => reload(tries - 1), PATIENT_MS);
}

/** @param {number} tries that are left then */
function reload(tries) {
  sessionStorage.setItem(LEFT, JSON.stringify({ tries, release: RELEASE }));
  location.reload();
}

/** Null where nothing was asked, or what was asked for is here. @returns {number | null} */
function triesLeft() {
  const { tries, release } = JSON.parse(sessionStorage.getItem(LEFT) ?? "{}");
  return release === RELEASE ? tries : null;
}

/** After a load that was to ask again. */
function goOn() {
  const left = triesLeft();
  sessionStorage.removeItem(LEFT);
  if (left === null) return;
  if (ready) take(left);
  // The new worker came while this page was still loading from the old one.
  else location.reload();
}

document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-update], [data-update-later]");
  if (!button) return;
  if (button.matches("[data-update]")) take(TRIES);
  else isLater = true;
  draw();
});

whenMarkupArrives(draw);
if (hasWorkers()) {
  navigator.serviceWorker.ready.then(watch);
  navigator.serviceWorker.addEventListener("controllerchange", () => isTaken && location.reload());
}
