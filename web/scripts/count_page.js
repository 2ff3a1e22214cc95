/** A count on its page: its own list of scans, kept on the phone for its shelf, and what records it. */

import { recordLeft } from "./count_left.js";
import { createRecorder, dueOf, isDue } from "./count_recording.js";
import { countKey, saveCounted } from "./count_saved.js";
import { createScanList } from "./scan_list.js";
import { savedList } from "./scan_saved.js";
import { mintId } from "./scan_unknown.js";

/** @typedef {import("./scan_list.js").Entry} Entry */
/** @typedef {ReturnType<typeof createScanList>} ScanList */
/** @typedef {{ session: string, shelf: string }} Here */

/** The count that this page is about, where its place is known. @returns {Here | null} */
export function countHere() {
  const { session, shelf } =
    /** @type {HTMLElement | null} */ (document.querySelector("#count[data-count]"))?.dataset ?? {};
  return session === undefined ? null : { session, shelf: shelf ?? "" };
}

/** The lists of this visit: whoever comes back to a shelf goes on with its list, not with what was written of it. */
const lists = /** @type {Map<string, ScanList>} */ (new Map());

/** @param {Here} here */
export function listHere(here) {
  const kept = /** @type {NonNullable<ReturnType<typeof keptOf>>} */ (keptOf(here));
  const list = lists.get(kept.key) ?? createScanList(savedList(document.body.dataset.person ?? "", kept), true);
  lists.set(kept.key, list);
  return list;
}

/** A phone that runs empty shall not lose what was scanned. @param {Here | null} here */
export function keptOf(here) {
  const owner = document.body.dataset.person ?? "";
  return here ? { key: countKey({ owner, ...here }), storage: localStorage } : undefined;
}

/**
 * @param {Here} here
 * @param {ScanList} list
 * @param {{ keep: () => void, ask: () => void, signal: AbortSignal }} doing `ask` has cards looked up
 */
export function enterCount(here, list, { keep, ask, signal }) {
  const save = saveCounted(here);
  const recorder = createRecorder(list, { told, keep, save, mint: mintId });
  const flush = () => recorder.flush();
  const hidden = () => document.visibilityState === "hidden" && flush();
  const finish = (/** @type {Event} */ event) => finishAfter(event, here, list, flush);
  const click = (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-count-change]")
    );
    if (button) change(button, list, () => [keep(), ask()]);
  };
  window.addEventListener("pagehide", flush, { signal });
  document.addEventListener("visibilitychange", hidden, { signal });
  document.addEventListener("submit", finish, { signal, capture: true });
  document.addEventListener("click", click, { signal });
  return {
    noticed: recorder.noticed,
    mark: () => mark(list.entries()),
    leave() {
      flush();
      recorder.close();
    },
  };
}

/** The numbers of this shelf that the page knows, by item. */
function told() {
  const text = document.getElementById("count-rows")?.dataset.told ?? "";
  const pairs = text
    .split(" ")
    .filter(Boolean)
    .map((pair) => pair.split(":"));
  return new Map(pairs.map(([item, times]) => [item, Number(times)]));
}

/** Shows what is recorded, and each item once. @param {Entry[]} entries */
function mark(entries) {
  const shown = new Set(entries.map(({ item }) => item));
  for (const entry of entries) {
    const isRecorded = entry.counted !== undefined && !isDue(entry);
    document.querySelector(`[data-scan="${entry.id}"]`)?.classList.toggle("is-recorded", isRecorded);
  }
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-counted-item]"))) {
    const isAbove = shown.has(row.dataset.countedItem ?? "");
    if (row.hidden !== isAbove) row.hidden = isAbove;
  }
  const due = dueOf(entries).length;
  const strange = entries.filter(({ outcome }) => outcome === "unknown" || outcome === "not-ranged").length;
  if (due > 0) say("due", due);
  else if (strange > 0) say("strange", strange);
  else say(entries.length > 0 ? "recorded" : "", 0);
}

/** @param {string} about @param {number} count */
function say(about, count) {
  const place = document.getElementById("count-state");
  const text = (place?.getAttribute(`data-text-${about}`) ?? "").replace("{count}", String(count));
  if (place && place.textContent !== text) place.textContent = text;
}

/**
 * An item that was counted before: its number, to be changed.
 * @param {HTMLElement} button @param {ScanList} list @param {() => void} draw
 */
function change(button, list, draw) {
  const { countChange: item = "", code = "" } = button.dataset;
  const entry = list.recall(code, item, told().get(item) ?? 0);
  // Its name stands on the card at once; the dial would keep a later answer off it.
  if (entry.card === "") entry.card = cardOf(button, item, code);
  draw();
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-scan="${entry.id}"] [data-scan-amount]`))?.click();
}

/** @param {HTMLElement} button @param {string} item @param {string} code */
function cardOf(button, item, code) {
  const card = document.createElement("article");
  card.className = "card scan-card";
  Object.assign(card.dataset, { outcome: "found", item, code });
  const [head, name] = [document.createElement("header"), document.createElement("h2")];
  head.className = "scan-card-head";
  name.className = "scan-card-name";
  name.textContent = button.closest("li")?.querySelector(".row-title")?.textContent ?? code;
  head.append(name);
  card.append(head);
  return card.outerHTML;
}

/** What is on its way comes before the end. @param {Event} event @param {Here} here @param {ScanList} list @param {() => Promise<number>} flush */
async function finishAfter(event, here, list, flush) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.id !== "count-finish" || form.dataset.isWhole) return;
  const { submitter } = /** @type {SubmitEvent} */ (event);
  event.preventDefault();
  event.stopImmediatePropagation();
  const unread = list.entries().filter(({ outcome }) => outcome === "waiting").length;
  const left = (await flush()) + unread + (await recordLeft(here));
  if (left > 0) return say("left", left);
  form.dataset.isWhole = "true";
  // While a submission is being told of, a form takes no other.
  setTimeout(() => form.requestSubmit(submitter));
}
