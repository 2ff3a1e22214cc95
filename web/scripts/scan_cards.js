/** The session's list on the page: cards as the home page renders them, newest first, with how many times each was scanned. */

import { markupOf, parsed, partOf } from "./ask.js";

/**
 * @typedef {import("./scan_list.js").Entry} Entry
 * @typedef {import("./scan_list.js").Answer} Answer
 */

const SHOWN = 50;
const PATIENCE_MS = 10_000;

/**
 * Asks the home page what a code is. Null when there is no answer now (no network, an error, a page without a card).
 * @param {string} code
 * @returns {Promise<Answer | null>}
 */
export async function lookUp(code) {
  try {
    const markup = await markupOf(`/?code=${encodeURIComponent(code)}`, AbortSignal.timeout(PATIENCE_MS));
    return markup === null ? null : answerIn(partOf(markup, "<main", "</main>"));
  } catch (error) {
    // No network is normal; the queue asks again.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * @param {Document | DocumentFragment} page
 * @returns {Answer | null}
 */
export function answerIn(page) {
  const card = /** @type {HTMLElement | null} */ (page.querySelector("#scan-result [data-outcome]"));
  if (!card) return null;
  return { item: card.dataset.item ?? "", outcome: card.dataset.outcome ?? "unknown", card: card.outerHTML };
}

/**
 * Makes the list show these entries; what already stands right stays untouched, so that only a new card slides in.
 * @param {HTMLElement} list
 * @param {Entry[]} entries
 */
export function drawCards(list, entries) {
  const shown = entries.slice(0, SHOWN);
  const rows = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset.scan ?? "", row]));
  for (const [place, entry] of shown.entries()) {
    const old = rows.get(String(entry.id));
    const row = old && isCurrent(old, entry) ? old : rowOf(list, entry);
    if (old && old !== row) old.remove();
    rows.delete(String(entry.id));
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    if (row !== old) boostLinks(row);
    const times = /** @type {HTMLElement} */ (row.querySelector(".scan-times"));
    times.textContent = `×${entry.times}`;
    times.hidden = entry.outcome === "waiting" && entry.times < 2;
  }
  for (const gone of rows.values()) gone.remove();
}

// Links in a card are boosted like any other; htmx looks at what surrounds them, so they must stand in the page first.
/** @param {Element} row */
function boostLinks(row) {
  /** @type {{ htmx?: { process(element: Element): void } }} */ (globalThis).htmx?.process(row);
}

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

// A fresh figure waits while a finger or a key is in the card.
/** @param {Element} row @param {Entry} entry */
function isCurrent(row, entry) {
  return drawn.get(row) === entry.card || row.matches(":focus-within");
}

/**
 * @param {HTMLElement} list
 * @param {Entry} entry
 */
function rowOf(list, entry) {
  const row = document.createElement(list.matches("ol, ul") ? "li" : "div");
  row.className = "scan-row";
  row.dataset.scan = String(entry.id);
  const times = document.createElement("button");
  times.type = "button";
  times.className = "scan-times";
  times.dataset.scanAmount = "";
  times.title = list.dataset.textAmount ?? "";
  row.append(cardOf(entry), times);
  drawn.set(row, entry.card);
  return row;
}

/** @param {Entry} entry */
function cardOf(entry) {
  if (entry.card !== "") {
    const card = parsed(entry.card).querySelector("[data-outcome]");
    if (card) return document.importNode(card, true);
  }
  const card = document.createElement("article");
  card.className = "card";
  card.dataset.outcome = "waiting";
  card.dataset.code = entry.codes[0];
  const code = document.createElement("p");
  code.className = "code";
  code.textContent = entry.codes[0];
  card.append(code);
  return card;
}
