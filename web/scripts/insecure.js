/** Over plain http on a network address a browser allows no worker and no camera; one sentence says why. */

import { whenMarkupArrives } from "./arrival.js";

whenMarkupArrives(() => {
  if (window.isSecureContext) return;
  for (const note of document.querySelectorAll("[data-insecure]")) /** @type {HTMLElement} */ (note).hidden = false;
});
