/**
 * After sign-in: tells the worker who is here before any staff page is asked for, so that nobody sees the store of the
 * one before; then waits until that person's store is on the phone.
 */

import { hasWorkers, hear, startWorker } from "./worker.js";

const ASK_MS = 1_000;
const SLOW_MS = 6_000;

/** @param {HTMLElement} place */
async function welcome(place) {
  const goOn = () => location.replace(place.dataset.next || "/");
  if (!hasWorkers()) return goOn();
  // A browser that refuses the worker still gets its pages from the hub.
  const [started] = await Promise.allSettled([startWorker()]);
  if (started.status === "rejected") return goOn();
  const worker = started.value.active;
  hear((news) => {
    if (news.type !== "state") return;
    if (news.state.as_of !== null && news.state.paused === "") return goOn();
    if (news.state.rows) count(place, news.state.rows);
  });
  worker?.postMessage({ type: "who", person: Number(place.dataset.person) });
  setInterval(() => worker?.postMessage({ type: "state?" }), ASK_MS);
  setTimeout(() => say(navigator.onLine ? place.dataset.textSlow : place.dataset.textOffline), SLOW_MS);
  window.addEventListener("offline", () => say(place.dataset.textOffline));
  window.addEventListener("online", () => worker?.postMessage({ type: "wake" }));
}

/**
 * @param {HTMLElement} place
 * @param {number} rows
 */
function count(place, rows) {
  const shown = new Intl.NumberFormat(document.documentElement.lang).format(rows);
  say(place.dataset.textRows?.replace("{count}", shown));
}

/** @param {string | undefined} text */
function say(text) {
  const line = document.getElementById("welcome-line");
  if (line && text) line.textContent = text;
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-welcome]"));
if (place) welcome(place);
