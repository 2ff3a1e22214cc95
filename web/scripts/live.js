/**
 * One live stream for all pages of this browser: HTTP/1.1 allows six connections, and six tabs with a stream each would
 * hang the seventh. The page that is looked at holds the Web Lock and the stream, and hands hints to the worker.
 */

import { refresh } from "./refresh.js";
import { showState } from "./state.js";
import { tell, workerNow } from "./worker.js";

const LOCK = "stockhand-live";
const ADDRESS = "/sync/live";
// The hub says something every 15 s; longer silence means that the stream is dead and does not know it.
const SILENCE_MS = 40_000;
const RETRY_MS = 5_000;

/** @type {AbortController | null} */
let turn = null;

/** Closes what may look open and be dead after the phone slept, and opens anew. */
function start() {
  turn?.abort();
  turn = new AbortController();
  const { signal } = turn;
  // Over plain http there are no locks; there is no worker either, and seldom a second tab.
  if (!navigator.locks) return listen(signal);
  navigator.locks.request(LOCK, { signal }, () => held(signal)).catch(ignoreAbort);
}

/** @param {AbortSignal} signal */
function held(signal) {
  listen(signal);
  return new Promise((resolve) => signal.addEventListener("abort", resolve));
}

/** @param {AbortSignal} signal */
function listen(signal) {
  if (signal.aborted) return;
  const stream = new EventSource(ADDRESS);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence;
  const again = (/** @type {number} */ afterMs) => {
    stream.close();
    clearTimeout(silence);
    silence = setTimeout(() => listen(signal), afterMs);
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => again(0), SILENCE_MS);
  };
  stream.onopen = () => {
    heard();
    tell({ type: "wake" });
  };
  stream.onmessage = ({ data }) => {
    heard();
    passOn(data);
  };
  stream.onerror = () => {
    withoutWorker(false);
    // The worker finds out at once whether it is the stream or the hub that is gone, and says so.
    tell({ type: "wake" });
    if (stream.readyState === EventSource.CLOSED) again(RETRY_MS * (1 + Math.random()));
  };
  signal.addEventListener("abort", () => {
    stream.close();
    clearTimeout(silence);
  });
}

let lastHeads = "";

/** @param {string} data */
async function passOn(data) {
  const { heads } = JSON.parse(data);
  const worker = await workerNow();
  if (worker) return worker.postMessage({ type: "hint", heads });
  const isNews = lastHeads !== "" && lastHeads !== data;
  lastHeads = data;
  withoutWorker(true);
  if (isNews) refresh();
}

/** A page without a worker knows only whether the hub is there. @param {boolean} live */
async function withoutWorker(live) {
  if (await workerNow()) return;
  showState({ live, as_of: null, waiting: 0, refused: 0, paused: "", syncing: false });
}

/** @param {unknown} error */
function ignoreAbort(error) {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}

function followSight() {
  if (document.visibilityState === "visible") start();
  else turn?.abort();
}

document.addEventListener("visibilitychange", followSight);
window.addEventListener("pageshow", (event) => event.persisted && followSight());
followSight();
