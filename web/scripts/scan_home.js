/** The scan page at work: every source ends in `scan`, every answer in the session's list. */

import { answerIn, drawCards, lookUp } from "./scan_cards.js";
import { giveFeedback, isMuted, setMuted } from "./scan_feedback.js";
import { nameScanned } from "./scan_labels.js";
import { createScanList } from "./scan_list.js";
import { createMultiplier, multiplierIn } from "./scan_multiplier.js";
import { takePhotos } from "./scan_photo.js";
import { createScanQueue } from "./scan_queue.js";
import { createSaver, savedList, takeKept } from "./scan_saved.js";
import { createUnknownKeeper, mintId, saveUnknown } from "./scan_unknown.js";
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
  const list = createScanList(savedList(owner));
  const saver = createSaver(owner, list.saved, signal);
  const keep = () => {
    saver.soon();
    draw(list);
    nameScanned(list.entries());
    for (const button of document.querySelectorAll("[data-scan-undo], [data-scan-again]")) {
      /** @type {HTMLElement} */ (button).hidden = !list.canUndo();
    }
  };
  const tell = (/** @type {Feedback} */ feedback, /** @type {number} */ id) => {
    giveFeedback(feedback, parts.aim);
    announce(parts, list, feedback, id);
  };
  const multiplier = createMultiplier();
  const lookUps = createLookUps(list, keep, (feedback, id) => {
    tell(feedback, id);
    const entry = list.entries().find((one) => one.id === id);
    if (entry?.outcome === "unknown") unknown.found(entry.codes[0], entry.times, list.codes());
  });
  const unknown = keepUnknown(owner, () => lookUps.refresh());
  const scan = (/** @type {string} */ code) => {
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
  const viewfinder = createViewfinder(parts, { onCode: scan, say: (name) => sayCamera(parts, name) });
  holdFocus(parts.code, signal);
  const photos = takePhotos(scan, signal);
  const typed = (/** @type {string} */ text) => {
    const { times, code } = multiplierIn(text) ?? { times: 1, code: text };
    if (times > 1) multiplier.set(times);
    if (code !== "") scan(code);
    else sayTimes(parts, times);
  };
  listen(parts, { scan, typed, list, keep, retryNow: () => [lookUps, unknown].map((one) => one.retryNow()) }, signal);
  lookUps.refresh();
  keep();
  for (const code of [...takeArrived(), ...takeKept()]) scan(code);
  return {
    scan,
    // A refresh or a swap may have put other elements where ours were.
    isWhole: () => section.isConnected && parts.video.isConnected,
    mend() {
      viewfinder.mend();
      photos.mend();
      if (list.entries().length > 0 && document.querySelector("#scan-list:empty")) keep();
    },
    leave() {
      leaving.abort();
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
  const find = (/** @type {string} */ id) => document.getElementById(id);
  return {
    section,
    video: /** @type {HTMLVideoElement} */ (find("scan-video")),
    start: find("scan-start"),
    torch: find("scan-torch"),
    lens: find("scan-lens"),
    offers: find("scan-offers"),
    aim: find("scan-frame"),
    form: /** @type {HTMLFormElement | null} */ (find("scan-form")),
    code: /** @type {HTMLInputElement | null} */ (find("scan-code")),
    message: find("scan-message"),
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
  const mute = (/** @type {Event} */ event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-scan-mute]");
    if (button) setMuted(!isMuted());
    showMuted();
  };
  document.addEventListener("submit", submit, { signal, capture: true });
  document.addEventListener("click", click, { signal });
  document.addEventListener("click", mute, { signal });
  window.addEventListener("online", retryNow, { signal });
  showMuted();
}

/**
 * Zebra's DataWedge types only into a field with the focus, so on Android the code field holds it while nothing else
 * does, without raising the keyboard on the screen until a finger touches the field.
 * @param {HTMLInputElement | null} code
 * @param {AbortSignal} signal
 */
function holdFocus(code, signal) {
  if (!code || !/Android/.test(navigator.userAgent)) return;
  const hold = () => {
    if (document.activeElement !== document.body) return;
    code.inputMode = "none";
    code.focus({ preventScroll: true });
  };
  code.addEventListener("pointerdown", () => (code.inputMode = "text"), { signal });
  document.addEventListener("focusout", () => setTimeout(() => signal.aborted || hold()), { signal });
  hold();
}

function showMuted() {
  for (const button of document.querySelectorAll("[data-scan-mute]")) {
    button.setAttribute("aria-pressed", String(isMuted()));
  }
}

/**
 * The code this page was opened with, once: its address then loses it, so that a reload does not count again.
 */
function takeArrived() {
  const address = new URL(location.href);
  const code = address.searchParams.get("code");
  if (!code || !answerIn(document)) return [];
  address.searchParams.delete("code");
  history.replaceState(history.state, "", address);
  return [code];
}

/**
 * @param {Parts} parts
 * @param {string} name of a sentence in the section's data-text attributes, "" for silence
 */
function sayCamera({ section, message }, name) {
  const key = `text${name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())}`;
  if (!message) return;
  message.textContent = section.dataset[key] ?? "";
  message.dataset.about = name === "" ? "" : "camera";
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
