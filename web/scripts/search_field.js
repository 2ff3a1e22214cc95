/**
 * Finds while somebody types: each key asks for the page of what the field holds, and its findings take the place of
 * ours. The phone's own worker answers within a frame, so nothing is waited for that the eye does not need.
 */

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
/** What the address bar does not show yet. @type {{ href: string, timer: ReturnType<typeof setTimeout> } | null} */
let typed = null;

/** Where this page is, the keys typed a moment ago included. */
export const addressNow = () => typed?.href ?? location.href;

/** @param {HTMLInputElement} field */
async function find(field) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const address = new URL("/items", location.href);
  if (field.value !== "") address.searchParams.set("q", field.value);
  const answer = pageAt(address.href, signal);
  showAddress(field, address.href);
  const found = (await answer)?.getElementById("found");
  const old = document.getElementById("found");
  if (!found || !old || signal.aborted || !field.isConnected) return;
  old.replaceWith(document.adoptNode(found));
  clearTimeout(rest);
  rest = setTimeout(() => handOver(found), REST_MS);
}

/** @param {Element} found */
function handOver(found) {
  if (found.isConnected)
    /** @type {{ htmx?: { process(element: Element): void } }} */ (globalThis).htmx?.process(found);
}

/** @param {string} href @param {AbortSignal} signal @returns {Promise<Document | null>} */
async function pageAt(href, signal) {
  try {
    const answer = await fetch(href, { headers: { Accept: "text/html" }, signal });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) sayAway();
    else if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/** @param {HTMLInputElement} field @param {string} href */
function showAddress(field, href) {
  clearTimeout(typed?.timer);
  const timer = setTimeout(() => {
    if (field.isConnected) flush();
    typed = null;
  }, REST_MS);
  typed = { href, timer };
}

/** Before anything leads away: whoever comes back finds what they had found. */
function flush() {
  if (!typed) return;
  clearTimeout(typed.timer);
  history.replaceState(history.state, "", typed.href);
  typed = null;
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.id !== "search-field") return;
  clearTimeout(pause);
  if (navigator.serviceWorker?.controller) find(target);
  else pause = setTimeout(find, PAUSE_MS, target);
});
for (const leaving of ["click", "submit"]) document.addEventListener(leaving, flush, { capture: true });
window.addEventListener("pagehide", flush);
