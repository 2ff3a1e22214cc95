/** Fills what only the phone knows: the dot in the bar, how old each number is, what waits, what was refused. */

import { whenMarkupArrives } from "./arrival.js";
import { offsetMs } from "./local_day.js";
import { hear, tell } from "./worker.js";

/** @typedef {import("./worker.js").State} State */
/** @typedef {"quiet" | "live" | "waiting" | "refused"} Shade */

/** @type {State | null} */
let state = null;

export const stateNow = () => state;

/** @param {State} told by the worker, or by the live stream of a page without one */
export function showState(told) {
  state = told;
  draw();
}

whenMarkupArrives(draw);
hear((news) => {
  if (news.type === "state") showState(news.state);
});
tell({ type: "state?" });

function draw() {
  if (!state) return;
  const dot = /** @type {HTMLElement | null} */ (document.querySelector("[data-state]"));
  if (!dot) return;
  const needsSignIn = state.paused === "sign-in";
  toggle("[data-state-link]", !needsSignIn);
  toggle("[data-sign-in-link]", needsSignIn);
  const way = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-sign-in-link]"));
  if (way) way.search = `?next=${encodeURIComponent(location.pathname + location.search)}`;
  const { text, shade } = dotOf(state, dot.dataset);
  dot.dataset.shade = shade;
  write(dot, text);
  for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-as-of]"))) {
    write(chip, ageOf(state, dot.dataset));
  }
  const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-state-words]"));
  if (words) write(words, wordsOf(state, words.dataset));
}

/**
 * @param {State} now
 * @param {DOMStringMap} texts
 * @returns {{ text: string, shade: Shade }}
 */
function dotOf(now, texts) {
  const age = now.live ? "" : ageOf(now, texts);
  const waiting = now.waiting > 0 ? filled(texts.textWaiting, "count", String(now.waiting)) : "";
  const refused = now.refused > 0 ? filled(texts.textRefused, "count", String(now.refused)) : "";
  const told = [age, waiting, refused].filter(Boolean).join(" · ");
  if (now.paused === "schema") return { text: texts.textSchema ?? "", shade: "waiting" };
  if (refused) return { text: told, shade: "refused" };
  if (waiting) return { text: told, shade: "waiting" };
  if (now.live) return { text: texts.textLive ?? "", shade: "live" };
  return { text: (now.syncing && !age ? texts.textSyncing : age) ?? "", shade: "quiet" };
}

/**
 * @param {State} now
 * @param {DOMStringMap} texts
 */
function ageOf(now, texts) {
  if (now.live) return texts.textLive ?? "";
  if (now.as_of === null) return (now.syncing ? texts.textSyncing : texts.textOffline) ?? "";
  return filled(texts.textAsOf, "time", localTime(now.as_of));
}

/**
 * @param {State} now
 * @param {DOMStringMap} texts
 */
function wordsOf(now, texts) {
  if (now.paused === "sign-in") return texts.textSignIn ?? "";
  if (now.paused === "schema") return texts.textSchema ?? "";
  if (!now.live) return texts.textOffline ?? "";
  return now.waiting === 0 ? (texts.textLive ?? "") : "";
}

/** `14:02` in the store's zone, with the day before it when that is not today. @param {number} at */
function localTime(at) {
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { timeZone: "UTC", day: "numeric", month: "short" };
  const language = document.documentElement.lang;
  const local = at + offsetMs(at);
  const today = Date.now() + offsetMs(Date.now());
  const time = new Intl.DateTimeFormat(language, clock).format(local);
  const isToday = Math.floor(local / 86_400_000) === Math.floor(today / 86_400_000);
  return isToday ? time : `${new Intl.DateTimeFormat(language, day).format(local)} ${time}`;
}

/**
 * @param {string | undefined} text
 * @param {string} name
 * @param {string} value
 */
function filled(text, name, value) {
  return (text ?? "").replace(`{${name}}`, value);
}

/** Said aloud by a screen reader only when it is new. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/**
 * @param {string} selector
 * @param {boolean} isShown
 */
function toggle(selector, isShown) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (place) place.hidden = !isShown;
}
