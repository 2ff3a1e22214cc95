/** Says in passing that something was saved, or that the hub did not answer. Never asks for anything. */

import { stateNow } from "./state.js";
import { hear } from "./worker.js";

const SHOWN_MS = 2_600;
const READ_MS = 6_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * @param {string | undefined} text
 * @param {number} [forMs]
 */
function say(text, forMs = SHOWN_MS) {
  const place = document.getElementById("toast");
  if (!place || !text) return;
  place.hidden = false;
  place.textContent = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    const shown = document.getElementById("toast");
    if (shown) shown.hidden = true;
  }, forMs);
}

export const sayAway = () => say(document.body.dataset.textAway, READ_MS);
export const sayUnreachable = () => say(document.body.dataset.textUnreachable, READ_MS);

/** @param {Event} event what htmx was doing */
function requestOf(event) {
  return /** @type {CustomEvent} */ (event).detail?.ctx;
}

document.addEventListener("htmx:after:swap", (event) => {
  const { request, response } = requestOf(event) ?? {};
  // A refused form is 422; what the worker redirected is not called so by every browser.
  const isSaved = request?.method === "POST" && response?.status === 200;
  if (!isSaved || request.action.startsWith("/outbox")) return;
  const { textSaved, textKept } = document.body.dataset;
  say((stateNow()?.live ?? true) ? textSaved : textKept);
});
document.addEventListener("htmx:response:error", (event) => {
  if (requestOf(event)?.response.status >= 500) say(document.body.dataset.textBroken, READ_MS);
});
document.addEventListener("htmx:error", (event) => {
  const { request } = requestOf(event) ?? {};
  if (!request) return;
  if (request.method === "POST") sayUnreachable();
  else sayAway();
});
hear((news) => {
  if (news.type === "settled" && ["refused", "parked"].includes(news.status)) {
    say(document.body.dataset.textRefused, READ_MS);
  }
});
