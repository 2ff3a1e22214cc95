/**
 * Which page of this browser holds the live stream: one an origin, and of those that are looked at.
 *
 * A Web Lock says so where there are any. Over plain http there are none: there the page that began last holds it and
 * tells the others, who let go; when it leaves it says that too. A page that hears of nobody for long begins itself.
 */

import { hear, say } from "./worker.js";

const LOCK = "stockhand-live";
// The holder passes on what it hears at least every 15 s.
const SILENCE_MS = 40_000;
const TURN_MS = 300;

/** @type {AbortController | null} */
let turn = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/** @type {(signal: AbortSignal) => void} */
let listen = () => undefined;

/** Closes what may look open and be dead after the phone slept, and begins anew. */
function start() {
  stop();
  turn = new AbortController();
  const { signal } = turn;
  if (navigator.locks) navigator.locks.request(LOCK, { signal }, () => held(signal)).catch(ignoreAbort);
  else {
    say({ type: "live-taken" });
    listen(signal);
  }
}

function stop() {
  clearTimeout(silence);
  turn?.abort();
  turn = null;
}

/** @param {AbortSignal} signal */
function held(signal) {
  listen(signal);
  return new Promise((resolve) => signal.addEventListener("abort", resolve));
}

/** @param {unknown} error */
function ignoreAbort(error) {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}

const isSeen = () => document.visibilityState === "visible";

function followSight() {
  if (isSeen()) start();
  else leave();
}

function leave() {
  if (turn && !navigator.locks) say({ type: "live-left" });
  stop();
}

/** Somebody else holds it: wait, unless they fall silent. @param {number} patience_ms */
function wait(patience_ms) {
  stop();
  silence = setTimeout(() => isSeen() && start(), patience_ms);
}

/** @param {(signal: AbortSignal) => void} listener opens the stream and closes it when told so */
export function takeTurns(listener) {
  listen = listener;
  document.addEventListener("visibilitychange", followSight);
  window.addEventListener("pageshow", (event) => event.persisted && followSight());
  window.addEventListener("pagehide", leave);
  // A page that is put to sleep would hold the stream, and the lock with it, and hear nothing.
  document.addEventListener("freeze", leave);
  document.addEventListener("resume", followSight);
  window.addEventListener("online", followSight);
  if (!navigator.locks) {
    hear(({ type }) => {
      if (type === "live-taken" || (type === "live-heard" && !turn)) wait(SILENCE_MS);
      else if (type === "live-left" && !turn) wait(Math.random() * TURN_MS);
    });
  }
  followSight();
}
