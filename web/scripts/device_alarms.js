/** Tells who minds devices how many of them are silent or have lost work. Asked of the hub, and quiet without it. */

import { whenMarkupArrives } from "./arrival.js";

const AGAIN_MS = 60_000;

let askedAt = Number.NEGATIVE_INFINITY;
let count = 0;

async function draw() {
  const link = document.getElementById("device-alarms");
  if (!link) return;
  show(link);
  if (performance.now() - askedAt < AGAIN_MS) return;
  askedAt = performance.now();
  const [answer] = await Promise.allSettled([fetch("/admin/devices/alarms.json")]);
  if (answer.status === "rejected" || !answer.value.ok) return;
  ({ count } = await answer.value.json());
  show(link);
}

/** @param {HTMLElement} link */
function show(link) {
  const { textOne = "", textMore = "" } = link.dataset;
  const words = link.querySelector("span");
  if (words) words.textContent = count === 1 ? textOne : textMore.replace("{count}", String(count));
  link.hidden = count === 0;
}

whenMarkupArrives(draw);
