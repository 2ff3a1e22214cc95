/** A listing by the keyboard: `/` to the search, j and k along the rows, n and p along the pages, `?` shows the keys. */

import { whenMarkupArrives } from "./arrival.js";

/** @type {Record<string, () => void>} */
const KEYS = {
  "/": () => /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search]"))?.select(),
  "?": () => keys()?.showModal(),
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  n: () => turn("next"),
  p: () => turn("prev"),
};

function keys() {
  return /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"));
}

/** What a row is opened with: itself or its first link. @returns {HTMLElement[]} */
function rows() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-row]"))].flatMap(
    (row) => (row.matches("a") ? row : row.querySelector("a")) ?? [],
  );
}

/** @param {1 | -1} way */
function step(way) {
  const links = rows();
  const here = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = links[here < 0 ? (way > 0 ? 0 : links.length - 1) : here + way];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** @param {"next" | "prev"} way */
function turn(way) {
  /** @type {HTMLAnchorElement | null} */ (document.querySelector(`.pager a[rel="${way}"]`))?.click();
}

/** Whether the key belongs to what has the focus. @param {EventTarget | null} target */
function isTyped(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]"))
    return;
  const { target } = event;
  if (event.key === "Escape" && isTyped(target)) /** @type {HTMLElement} */ (target).blur();
  const act = KEYS[event.key];
  if (!act || isTyped(target)) return;
  const isArrow = event.key.startsWith("Arrow");
  // Arrows scroll a page that has no rows.
  if (isArrow && rows().length === 0) return;
  event.preventDefault();
  act();
}

/** A row is as wide as it looks: a click beside its link opens it too. @param {MouseEvent} event */
function click(event) {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-keys]")) return keys()?.showModal();
  const row = target.closest("tr[data-row]");
  if (!row || target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
  const link = row.querySelector("a");
  if (event.metaKey || event.ctrlKey) window.open(link?.href);
  else link?.click();
}

/** A filter that was chosen is asked for at once. @param {Event} event */
function choose(event) {
  const field = /** @type {Element} */ (event.target);
  if (field.matches(".table-filters select")) field.closest("form")?.requestSubmit();
}

/** On a phone the sections are a strip that is wider than the screen. */
function showSection() {
  document.querySelector(".admin-tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

whenMarkupArrives(showSection);
document.addEventListener("keydown", press);
document.addEventListener("click", click);
document.addEventListener("change", choose);
