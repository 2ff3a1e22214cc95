/**
 * Finds while somebody types: each key asks for the page of what the field holds, and its findings take the place of
 * ours. The phone's own worker answers within a frame, so nothing is waited for that the eye does not need.
 */

import { markupOf, partOf } from "./ask.js";
import { sayAway } from "./toast.js";

// Without a worker every question goes to the hub, which is spared the keys in between.
const PAUSE_MS = 150;
// What can wait until the fingers rest: links work without htmx, and browsers count how often an address is changed.
const REST_MS = 400;

/** @type {AbortController | null} */
let asked = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let rest;
/** What the address bar does not show yet. @type {string | null} */
let typed = null;
/** What htmx has not looked at yet. @type {Element | null} */
let fresh = null;

/** Where this page is, the keys typed a moment ago included. */
export const addressNow = () => typed ?? location.href;

/** @param {HTMLInputElement} field */
async function find(field) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const address = new URL("/items", location.href);
  if (field.value !== "") address.searchParams.set("q", field.value);
  const answer = pageAt(address.href, signal);
  typed = address.href;
  restSoon();
  const found = (await answer)?.getElementById("found");
  const old = document.getElementById("found");
  if (!found || !old || signal.aborted || !field.isConnected) return;
  fresh = document.adoptNode(found);
  old.replaceWith(fresh);
  restSoon();
}

function restSoon() {
  clearTimeout(rest);
  rest = setTimeout(catchUp, REST_MS);
}

/** When the fingers rest, and before anything leads away: whoever comes back finds what they had found. */
function catchUp() {
  clearTimeout(rest);
  if (typed !== null && document.getElementById("search-field")) history.replaceState(history.state, "", typed);
  if (fresh?.isConnected)
    /** @type {{ htmx?: { process(element: Element): void } }} */ (globalThis).htmx?.process(fresh);
  typed = null;
  fresh = null;
}

/** @param {string} href @param {AbortSignal} signal @returns {Promise<DocumentFragment | null>} */
async function pageAt(href, signal) {
  try {
    const markup = await markupOf(href, signal);
    return markup === null ? null : partOf(markup, '<section class="found"', "</section>");
  } catch (error) {
    if (error instanceof TypeError) sayAway();
    else if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.id !== "search-field") return;
  clearTimeout(pause);
  if (navigator.serviceWorker?.controller) find(target);
  else pause = setTimeout(find, PAUSE_MS, target);
});
for (const leaving of ["click", "submit"]) document.addEventListener(leaving, catchUp, { capture: true });
window.addEventListener("pagehide", catchUp);
// Another entry of the history is another place.
window.addEventListener("popstate", () => {
  typed = null;
});
