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

/** Whether the page that is being put in answers a form that was taken. */
let isSaved = false;

/** A refused form is 422; what the worker redirected is not called so by every browser. @param {Event} event */
function hasSaved(event) {
  const { request, response } = requestOf(event) ?? {};
  return request?.method === "POST" && response?.status === 200 && !request.action.startsWith("/outbox");
}

function saySaved() {
  const { textSaved, textKept } = document.body.dataset;
  say((stateNow()?.live ?? true) ? textSaved : textKept);
}

// As soon as it is known, before the page that shows it is even read.
document.addEventListener("htmx:before:response", (event) => {
  if (hasSaved(event)) saySaved();
});
// The page that has come brings a place of its own for it.
document.addEventListener("htmx:before:swap", (event) => {
  isSaved = hasSaved(event);
});
document.addEventListener("htmx:before:settle", () => {
  if (isSaved) saySaved();
  isSaved = false;
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
