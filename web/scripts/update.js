/** Offers a new release when one is ready. It is taken when somebody says so, never under their hands. */

import { whenMarkupArrives } from "./arrival.js";
import { hasWorkers } from "./worker.js";

const LOOK_MS = 600_000;
const AGAIN_MS = 1_000;

/** @type {ServiceWorker | null} */
let ready = null;
let isLater = false;
let isTaken = false;
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
 * Until the page loads anew. A browser asks the old worker to make room only in the moment it is told to, and one that
 * something else wakes in that moment would stay until it has been idle for half a minute.
 */
function take() {
  ready?.postMessage({ type: "update" });
  setTimeout(take, AGAIN_MS);
}

document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-update], [data-update-later]");
  if (!button) return;
  if (button.matches("[data-update]")) {
    isTaken = true;
    take();
  } else isLater = true;
  draw();
});

whenMarkupArrives(draw);
if (hasWorkers()) {
  navigator.serviceWorker.ready.then(watch);
  navigator.serviceWorker.addEventListener("controllerchange", () => isTaken && location.reload());
}
