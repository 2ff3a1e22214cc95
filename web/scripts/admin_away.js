/** Administration is the hub's alone: when it cannot be reached, the page says so and keeps what was typed. */

import { whenMarkupArrives } from "./arrival.js";

function draw() {
  const note = /** @type {HTMLElement | null} */ (document.querySelector("[data-away]"));
  if (note) note.hidden = navigator.onLine;
}

window.addEventListener("online", draw);
window.addEventListener("offline", draw);
whenMarkupArrives(draw);
