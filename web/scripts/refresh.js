/**
 * New numbers without a reload: when rows that a page shows have changed, its own address is asked again and each
 * `[data-live]` region that differs is morphed. What somebody types, has marked or stands in is left alone until they
 * leave it, and is made new in that moment.
 *
 * `data-live` names what a region shows (`stock`, `work`, `catalogue`, `chain`, `user`, or `outbox` for what waits);
 * nothing said means everything.
 */

import { markupArrived } from "./arrival.js";
import { markupOf } from "./ask.js";
import { addressNow } from "./search_field.js";
import { hear, tell } from "./worker.js";

const SETTLE_MS = 120;
// Changes that keep coming, as during an import, shall not keep the phone busy with its own pages.
const REST_MS = 400;
const REST_SHARE = 4;
const LEFT_MS = 60;

/** @typedef {{ swap(how: Record<string, unknown>): Promise<void> }} Htmx */

let isStale = false;
/** A region was in use when its turn came. */
let isOwed = false;
let notBefore = 0;
/** Grows when a page has come by another way. */
let pages = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** Asks for a refresh; several at once become one, and a hidden page waits until it is looked at. */
export function refresh(afterMs = SETTLE_MS) {
  isStale = true;
  clearTimeout(soon);
  if (document.visibilityState === "visible") soon = setTimeout(run, Math.max(afterMs, notBefore - performance.now()));
}

/** @param {string[]} buckets as `stock:12`; "who" when another person is here */
function shows(buckets) {
  const nouns = buckets.map((bucket) => bucket.split(":")[0]);
  return [...document.querySelectorAll("[data-live][id]")].some((region) => {
    const shown = /** @type {HTMLElement} */ (region).dataset.live?.split(" ").filter(Boolean) ?? [];
    return shown.length === 0 || nouns.some((noun) => noun === "who" || shown.includes(noun));
  });
}

async function run() {
  if (!document.querySelector("[data-live]")) return;
  // A form or link on its way brings its own fresh page.
  if (document.querySelector(".htmx-request")) return refresh(REST_MS);
  isStale = false;
  isOwed = false;
  const [href, began, page] = [addressNow(), performance.now(), pages];
  const fresh = await fetchPage(href);
  notBefore = performance.now() + Math.max(REST_MS, REST_SHARE * (performance.now() - began));
  if (!fresh || addressNow() !== href) return;
  if (page !== pages) return refresh();
  const exchanged = await Promise.all([...fresh.querySelectorAll("[data-live][id]")].map(exchange));
  if (exchanged.some(Boolean)) markupArrived();
}

/** @param {string} href @returns {Promise<Document | null>} */
async function fetchPage(href) {
  const [answer] = await Promise.allSettled([markupOf(href)]);
  // No network is normal: the next change asks again.
  if (answer.status === "rejected" || answer.value === null) return null;
  return new DOMParser().parseFromString(answer.value, "text/html");
}

/** @param {Element} fresh @returns {Promise<boolean>} */
async function exchange(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || neutral(old).isEqualNode(neutral(fresh))) return false;
  if (isInUse(old)) {
    isOwed = true;
    return false;
  }
  keepOpen(old, fresh);
  const { htmx } = /** @type {{ htmx?: Htmx }} */ (globalThis);
  // The source is the body: a form that is a region would count as boosted, and the page would scroll to its top.
  await htmx?.swap({ sourceElement: document.body, target: old, text: fresh.outerHTML, swap: "outerMorph" });
  return true;
}

/** What somebody has unfolded stays so. @param {Element} old @param {Element} fresh */
function keepOpen(old, fresh) {
  const before = old.querySelectorAll("details");
  for (const [place, each] of fresh.querySelectorAll("details").entries()) {
    const same = each.id ? old.querySelector(`details#${CSS.escape(each.id)}`) : before[place];
    each.toggleAttribute("open", same?.hasAttribute("open") ?? each.hasAttribute("open"));
  }
}

/** Somebody types or chooses in it, has marked some of it, or has typed what is not sent yet. @param {Element} region */
function isInUse(region) {
  const { activeElement } = document;
  // A link or a button that has the focus keeps it while the region is morphed around it.
  if (activeElement?.matches("input, textarea, select") && region.contains(activeElement)) return true;
  const marked = getSelection();
  if (marked && !marked.isCollapsed && marked.containsNode(region, true)) return true;
  return [...region.querySelectorAll("input, textarea, select")].some(isTouched);
}

/** @param {Element} field */
function isTouched(field) {
  if (field instanceof HTMLSelectElement) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  const { type, value, defaultValue, checked, defaultChecked } = /** @type {HTMLInputElement} */ (field);
  // A box without a value of its own says "on", whoever touched it or not.
  return type === "checkbox" || type === "radio" ? checked !== defaultChecked : value !== defaultValue;
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

/** Tried again when a hand or a mark has left a region that was passed over. */
function left() {
  if (isOwed) refresh(LEFT_MS);
}

hear((news) => {
  if (news.type === "changed" && shows(news.buckets)) refresh();
});
// What changed between the answer that this page was drawn from and this line, nobody heard here.
tell({ type: "changed?", since: Math.floor(performance.timeOrigin) });
document.addEventListener("visibilitychange", () => {
  if (isStale) refresh();
});
document.addEventListener("htmx:after:swap", ({ target }) => {
  if (target === document.body) pages += 1;
});
for (const end of ["focusout", "change", "reset", "selectionchange"]) document.addEventListener(end, left);
