/** The scan page at work: every source ends in `scan`, every answer in the session's list. */

import { countHere, enterCount, keptOf, listHere } from "./count_page.js";
import { chooseShelf } from "./count_shelf.js";
import { listenToAmounts } from "./scan_amount.js";
import { answerIn, drawCards, lookUp } from "./scan_cards.js";
import { listenToCount } from "./scan_count.js";
import { giveFeedback, listenToMute } from "./scan_feedback.js";
import { holdFocus } from "./scan_focus.js";
import { createScanList } from "./scan_list.js";
import { createMultiplier, multiplierIn } from "./scan_multiplier.js";
import { nameScanned } from "./scan_onward.js";
import { takePhotos } from "./scan_photo.js";
import { createScanQueue } from "./scan_queue.js";
import { createSaver, savedList, takeKept } from "./scan_saved.js";
import { createUnknownKeeper, mintId, saveUnknown } from "./scan_unknown.js";
import { sayOfCamera, viewParts } from "./scan_view.js";
import { createViewfinder } from "./scan_viewfinder.js";

/** @typedef {import("./scan_list.js").Feedback} Feedback */
/** @typedef {ReturnType<typeof createScanList>} ScanList */
/** @typedef {{ scan(code: string): void, isWhole(): boolean, mend(): void, leave(): void }} ScanHome */

// Figures of the newest cards are kept fresh; further down is only history.
const REFRESHED = 8;
const SLOW_MS = 60;

/**
 * Brings a `#scan` section to life.
 * @param {HTMLElement} section
 * @returns {ScanHome}
 */
export function enterScanHome(section) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const parts = partsOf(section);
  const owner = document.body.dataset.person ?? "";
  const here = countHere();
  const list = here ? listHere(here) : createScanList(savedList(owner));
  const saver = createSaver(owner, list.saved, signal, keptOf(here));
  const keep = () => {
    saver.soon();
    // A count that is left goes on being recorded; another page stands in its place.
    if (signal.aborted) return;
    count?.noticed();
    draw(list);
    count?.mark();
    nameScanned(list.entries());
    for (const button of document.querySelectorAll("[data-scan-undo], [data-scan-again]")) {
      /** @type {HTMLElement} */ (button).hidden = !list.canUndo();
    }
  };
  const tell = (/** @type {Feedback} */ feedback, /** @type {number} */ id) => {
    giveFeedback(feedback, parts.aim);
    announce(parts, list, feedback, id);
  };
  const count = here && enterCount(here, list, { keep, ask: () => lookUps.refresh(), signal });
  const multiplier = createMultiplier();
  const lookUps = createLookUps(list, keep, (feedback, id) => {
    tell(feedback, id);
    const entry = list.entries().find((one) => one.id === id);
    if (entry?.outcome === "unknown") unknown.found(entry.codes[0], entry.times, list.codes());
  });
  const unknown = keepUnknown(owner, () => lookUps.refresh());
  const scan = (/** @type {string} */ code) => {
    if (chooseShelf(code)) return;
    unknown.scanned(code);
    const times = multiplier.take();
    const { entry, isNew, feedback } = list.capture(code, times);
    if (isNew) lookUps.ask(entry);
    else if (feedback === "unknown") unknown.found(code, times, [code]);
    saver.soon();
    if (feedback === "waiting") showIfSlow(entry);
    else {
      keep();
      tell(feedback, entry.id);
    }
  };
  // The phone itself answers within a frame or two: until then a card that says nothing would only hold it up.
  const showIfSlow = (/** @type {import("./scan_list.js").Entry} */ entry) => {
    giveFeedback("waiting", null);
    const show = () => {
      if (signal.aborted || entry.outcome !== "waiting") return;
      keep();
      announce(parts, list, "waiting", entry.id);
    };
    setTimeout(show, SLOW_MS);
  };
  const viewfinder = createViewfinder(parts, { onCode: scan, say: sayOfCamera });
  holdFocus(parts.code, signal);
  const photos = takePhotos(scan, signal);
  const typed = (/** @type {string} */ text) => {
    const { times, code } = multiplierIn(text) ?? { times: 1, code: text };
    if (times > 1) multiplier.set(times);
    if (code !== "") scan(code);
    else sayTimes(parts, times);
  };
  listen(parts, { scan, typed, list, keep, retryNow: () => [lookUps, unknown].map((one) => one.retryNow()) }, signal);
  listenToAmounts(list, keep, (isRight) => sayAmount(parts, isRight), signal);
  listenToCount(list, keep, signal);
  lookUps.refresh();
  keep();
  for (const text of takeArrived(here !== null)) typed(text);
  for (const code of takeKept()) scan(code);
  return {
    scan,
    // A refresh or a swap may have put other elements where ours were.
    isWhole: () => section.isConnected && parts.video.isConnected,
    mend() {
      viewfinder.mend();
      photos.mend();
      count?.mark();
      if (list.entries().length > 0 && document.querySelector("#scan-list:empty")) keep();
    },
    leave() {
      leaving.abort();
      count?.leave();
      viewfinder.leave();
      lookUps.close();
      unknown.close();
    },
  };
}

/**
 * What waits from an earlier visit of the page goes on at once.
 * @param {string} owner @param {() => void} saved
 */
function keepUnknown(owner, saved) {
  // Where a worker keeps it, that one says that something changed.
  const heard = navigator.serviceWorker?.controller ? () => {} : saved;
  const world = { owner, shelf: sessionStorage, mint: mintId, save: saveUnknown, saved: heard };
  const unknown = createUnknownKeeper(world);
  unknown.retryNow();
  return unknown;
}

/**
 * Each entry is asked about once at a time; its first answer is told, later ones only drawn.
 * @param {ScanList} list
 * @param {() => void} keep
 * @param {(feedback: Feedback, id: number) => void} tell
 */
function createLookUps(list, keep, tell) {
  /** @type {Set<number>} */
  const asked = new Set();
  /** @type {Set<number>} */
  const untold = new Set();
  const queue = createScanQueue({
    identify: lookUp,
    act(id, answer) {
      asked.delete(id);
      const taken = list.answered(id, answer);
      keep();
      if (untold.delete(id) && taken) tell(taken.feedback, taken.entry.id);
    },
  });
  const ask = (/** @type {import("./scan_list.js").Entry} */ entry) => {
    if (asked.has(entry.id)) return;
    asked.add(entry.id);
    if (entry.outcome === "waiting") untold.add(entry.id);
    queue.put(entry.id, entry.codes[0]);
  };
  const refresh = () => {
    for (const [place, entry] of list.entries().entries()) {
      if (place < REFRESHED || entry.outcome === "waiting") ask(entry);
    }
  };
  // The phone's worker says when stock changed.
  const news = new BroadcastChannel("stockhand");
  news.onmessage = ({ data }) => data.type === "changed" && refresh();
  return {
    ask,
    refresh,
    retryNow: queue.retryNow,
    close() {
      news.close();
      queue.close();
    },
  };
}

/** @param {HTMLElement} section */
function partsOf(section) {
  return {
    ...viewParts(section),
    form: /** @type {HTMLFormElement | null} */ (document.getElementById("scan-form")),
    code: /** @type {HTMLInputElement | null} */ (document.getElementById("scan-code")),
    message: document.getElementById("scan-message"),
  };
}

/** @typedef {ReturnType<typeof partsOf>} Parts */

/** @param {ScanList} list */
function draw(list) {
  const place = document.getElementById("scan-list");
  if (place) drawCards(place, list.entries());
  // Its hint, or a card that is in the list by now.
  const result = document.getElementById("scan-result");
  if (result) result.hidden = list.entries().length > 0;
}

/**
 * @param {Parts} parts
 * @param {{ scan: (code: string) => void, typed: (text: string) => void, list: ScanList, keep: () => void, retryNow: () => void }} doing
 * @param {AbortSignal} signal
 */
function listen({ form, code }, { scan, typed, list, keep, retryNow }, signal) {
  const submit = (/** @type {Event} */ event) => {
    if (event.target !== form || !code) return;
    // Neither the browser nor htmx may send it as well.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (code.value.trim() !== "") typed(code.value.trim());
    code.value = "";
  };
  const click = (/** @type {Event} */ event) => {
    const place = /** @type {Element} */ (event.target);
    if (place.closest("[data-scan-undo]")) list.undo();
    else if (place.closest("[data-scan-again]")) scanAgain();
    else return;
    keep();
  };
  const scanAgain = () => {
    const [newest] = list.entries();
    if (newest) scan(newest.codes[0]);
  };
  document.addEventListener("submit", submit, { signal, capture: true });
  document.addEventListener("click", click, { signal });
  window.addEventListener("online", retryNow, { signal });
  listenToMute(signal);
}

/**
 * The code this page was opened with, once: its address then loses it, so that a reload does not count again. A count
 * is opened with one where it was typed before this script had come.
 * @param {boolean} isCount
 */
function takeArrived(isCount) {
  const address = new URL(location.href);
  const code = address.searchParams.get("code");
  if (!code || !(isCount || answerIn(document))) return [];
  address.searchParams.delete("code");
  history.replaceState(history.state, "", address);
  return [code];
}

/** @param {Parts} parts @param {boolean} isRight */
function sayAmount({ section, message }, isRight) {
  if (!message || (isRight && message.dataset.about !== "amount")) return;
  message.textContent = isRight ? "" : (section.dataset.textAmount ?? "");
  message.dataset.about = isRight ? "" : "amount";
}

/** @param {Parts} parts @param {number} times the next scan counts */
function sayTimes({ section, message }, times) {
  if (!message) return;
  message.textContent = (section.dataset.textTimes ?? "").replace("{count}", String(times));
  message.dataset.about = "times";
}

/**
 * @param {Parts} parts
 * @param {ScanList} list
 * @param {Feedback} feedback
 * @param {number} id
 */
function announce({ section, message }, list, feedback, id) {
  const entry = list.entries().find((candidate) => candidate.id === id);
  if (!message || !entry) return;
  const row = document.querySelector(`[data-scan="${id}"]`);
  const name = row?.querySelector("[data-name], h2, h3")?.textContent?.trim() ?? entry.codes[0];
  const times = entry.times > 1 ? ` ×${entry.times}` : "";
  const unknown = feedback === "unknown" ? (section.dataset.textUnknown ?? "") : "";
  message.textContent = unknown === "" ? `${name}${times}` : `${entry.codes[0]}${times}: ${unknown}`;
  message.dataset.about = feedback;
}
