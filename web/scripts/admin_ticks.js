/** Ticked rows of a list: how many there are, all of a page at once, and what may be done with them. */

import { whenMarkupArrives } from "./arrival.js";

const ticks = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-tick]"))];

function tell() {
  const bar = document.querySelector("[data-ticked-bar]");
  /** @type {HTMLElement | null} */
  const words = document.querySelector("[data-ticked-words]");
  if (!bar || !words) return;
  const all = ticks();
  const count = all.filter((tick) => tick.checked).length;
  const { textNone = "", textOne = "", textMany = "" } = words.dataset;
  words.textContent = count === 0 ? textNone : count === 1 ? textOne : textMany.replace("{count}", String(count));
  bar.classList.toggle("is-ticked", count > 0);
  for (const button of bar.querySelectorAll("button")) button.disabled = count === 0;
  /** @type {HTMLInputElement | null} */
  const whole = document.querySelector("[data-tick-all]");
  if (!whole) return;
  whole.checked = count === all.length;
  whole.indeterminate = count > 0 && count < all.length;
}

/** @param {Event} event */
function change(event) {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = box.checked;
  if (box.matches("[data-tick], [data-tick-all]")) tell();
}

whenMarkupArrives(tell);
document.addEventListener("change", change);
