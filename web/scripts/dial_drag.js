/** The number of a dial is dragged sideways, as a wheel is: slowly one by one, further out in bigger strides. A tap
 * still types. */

import { fieldOf, step } from "./dial.js";

// Less than this is a tap that was not steady.
const STEADY_PX = 8;
const PX_PER_UNIT = 14;
// From here on each unit takes less of the way.
const FAR_PX = 112;
const FAR_PX_PER_UNIT = 3;

/** How many units lie between where a finger came down and where it is. @param {number} px */
export function unitsAt(px) {
  const far = Math.max(0, Math.abs(px) - FAR_PX);
  const near = Math.abs(px) - far;
  const units = Math.trunc(near / PX_PER_UNIT) + Math.trunc(far / FAR_PX_PER_UNIT);
  // No minus before a nought.
  return px < 0 && units > 0 ? -units : units;
}

/** @type {{ field: HTMLInputElement, id: number, x: number, told: number } | null} */
let drag = null;

function start(/** @type {PointerEvent} */ event) {
  const field = fieldOf(event.target);
  if (!field || event.button !== 0 || field.disabled) return;
  drag = { field, id: event.pointerId, x: event.clientX, told: 0 };
}

function move(/** @type {PointerEvent} */ event) {
  if (drag?.id !== event.pointerId) return;
  const px = event.clientX - drag.x;
  if (!drag.field.classList.contains("is-dragged")) {
    if (Math.abs(px) < STEADY_PX) return;
    drag.field.setPointerCapture(event.pointerId);
    drag.field.classList.add("is-dragged");
    // A number that is dragged is not typed: no keyboard shall come up over the reasons.
    drag.field.blur();
  }
  const units = unitsAt(px);
  if (units === drag.told) return;
  step(drag.field, units - drag.told);
  drag.told = units;
}

function end(/** @type {PointerEvent} */ event) {
  if (drag?.id !== event.pointerId) return;
  drag.field.classList.remove("is-dragged");
  drag = null;
}

/** Arrows turn it too. @param {KeyboardEvent} event */
function turn(event) {
  const field = fieldOf(event.target);
  const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
  if (!field || !by) return;
  event.preventDefault();
  step(field, by);
}

// The pure part is also read where there is no page.
if (globalThis.document) {
  document.addEventListener("pointerdown", start);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
  document.addEventListener("keydown", turn);
}
