/**
 * New numbers without a reload: when rows have changed, the page's own address is asked again and each `[data-live]`
 * region that differs is exchanged, unless somebody is at work in it.
 */

import { markupArrived } from "./arrival.js";
import { addressNow } from "./search_field.js";
import { hear } from "./worker.js";

const SETTLE_MS = 120;

let isStale = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** Asks for a refresh; several at once become one, and a hidden page waits until it is looked at. */
export function refresh() {
  isStale = true;
  clearTimeout(soon);
  if (document.visibilityState === "visible") soon = setTimeout(run, SETTLE_MS);
}

hear((news) => {
  if (news.type === "changed") refresh();
});
document.addEventListener("visibilitychange", () => {
  if (isStale) refresh();
});

async function run() {
  // A form or link on its way brings its own fresh page.
  if (document.querySelector(".htmx-request") || !document.querySelector("[data-live]")) return;
  isStale = false;
  const href = addressNow();
  const page = await fetchPage(href);
  if (!page || addressNow() !== href) return;
  const exchanged = [...page.querySelectorAll("[data-live][id]")].filter(exchange);
  if (exchanged.length > 0) markupArrived();
}

/** @param {string} href @returns {Promise<Document | null>} */
async function fetchPage(href) {
  const [answer] = await Promise.allSettled([fetch(href, { headers: { Accept: "text/html" } })]);
  // No network is normal: the next change asks again.
  if (answer.status === "rejected" || !answer.value.ok || answer.value.redirected) return null;
  return new DOMParser().parseFromString(await answer.value.text(), "text/html");
}

/** @param {Element} fresh @returns {boolean} */
function exchange(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || isInUse(old) || neutral(old).isEqualNode(neutral(fresh))) return false;
  const placed = document.importNode(fresh, true);
  for (const details of placed.querySelectorAll("details[id]")) {
    /** @type {HTMLDetailsElement} */ (details).open = isOpen(details.id);
  }
  old.replaceWith(placed);
  /** @type {{ htmx?: { process(element: Element): void } }} */ (globalThis).htmx?.process(placed);
  return true;
}

/** @param {string} id */
function isOpen(id) {
  return document.getElementById(id)?.hasAttribute("open") ?? false;
}

/** Somebody is in it, or has typed something that is not sent yet. @param {Element} region */
function isInUse(region) {
  if (region.contains(document.activeElement) && document.activeElement !== document.body) return true;
  return [...region.querySelectorAll("input, textarea")].some((each) => {
    const field = /** @type {HTMLInputElement} */ (each);
    return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  });
}

/** The region without what scripts wrote into it and what is new in every answer. @param {Element} region */
function neutral(region) {
  const copy = /** @type {Element} */ (region.cloneNode(true));
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    each.removeAttribute("data-htmx-powered");
    if (each.matches("[data-as-of]")) each.textContent = "";
    if (each.matches('input[name="operation_id"]')) each.removeAttribute("value");
    if (each.matches("details")) each.removeAttribute("open");
    if (each.matches("[class='']")) each.removeAttribute("class");
  }
  return copy;
}
