/**
 * The live stream of this browser: HTTP/1.1 allows six connections, and six tabs with a stream each would hang the
 * seventh. The page whose turn it is hands hints to the worker, or to the other pages where there is none.
 */

import { takeTurns } from "./live_turn.js";
import { refresh } from "./refresh.js";
import { showState } from "./state.js";
import { hear, say, tell, workerNow } from "./worker.js";

const ADDRESS = "/sync/live";
// The hub says something every 15 s; longer silence means that the stream is dead and does not know it.
const SILENCE_MS = 40_000;
const RETRY_MS = 5_000;

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
    // An answer that is no stream ends it for good; a stream that ended, also by the hub's own will, begins again by itself.
    if (stream.readyState === EventSource.CLOSED) again(RETRY_MS * (1 + Math.random()));
  };
  signal.addEventListener("abort", () => {
    stream.close();
    clearTimeout(silence);
  });
}

/** @param {string} data */
async function passOn(data) {
  const { heads } = JSON.parse(data);
  const worker = await workerNow();
  if (worker) return worker.postMessage({ type: "hint", heads });
  say({ type: "live-heard", heads });
  take(heads);
}

/** How far each bucket was when this page last heard. @type {Record<string, number>} */
const reached = {};

/** For a page without a worker. @param {Record<string, number>} heads */
function take(heads) {
  const isNews = Object.entries(heads).some(([bucket, head]) => bucket in reached && head > reached[bucket]);
  Object.assign(reached, heads);
  withoutWorker(true);
  if (isNews) refresh();
}

/** A page without a worker knows only whether the hub is there. @param {boolean} live */
async function withoutWorker(live) {
  if (await workerNow()) return;
  showState({ live, as_of: null, waiting: 0, refused: 0, paused: "", syncing: false });
}

hear((news) => {
  if (news.type === "live-heard") take(news.heads);
});
takeTurns(listen);
