/** Tells scripts when markup has arrived: at the start, after every swap, after a quiet refresh. */

/** @type {(() => void)[]} */
const listeners = [];

/** @param {() => void} listener called at once too; it must bear to be called again on the same markup */
export function whenMarkupArrives(listener) {
  listeners.push(listener);
  listener();
}

export function markupArrived() {
  for (const listener of listeners) listener();
}

// Heard in the task of the swap itself, before anything is painted: what scripts fill in never flickers.
document.addEventListener("htmx:before:settle", markupArrived);
// Markup that a script of ours has put in itself and handed to htmx.
document.addEventListener("htmx:after:process", markupArrived);
