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
    if (news.state.first) count(place, news.state.first);
  });
  worker?.postMessage({ type: "who", person: Number(place.dataset.person) });
  setInterval(() => worker?.postMessage({ type: "state?" }), ASK_MS);
  setTimeout(() => say(navigator.onLine ? place.dataset.textSlow : place.dataset.textOffline), SLOW_MS);
  window.addEventListener("offline", () => say(place.dataset.textOffline));
  window.addEventListener("online", () => worker?.postMessage({ type: "wake" }));
}

/**
 * The bar never goes back: what changes meanwhile adds to what is to come.
 * @param {HTMLElement} place
 * @param {{ bytes: number, of_bytes: number, rows: number, of_rows: number }} first
 */
function count(place, { bytes, of_bytes, rows, of_rows }) {
  const { textRows, textPart, textBytes } = place.dataset;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const bar = place.querySelector("progress");
  if (of_bytes === 0 || !bar) return rows > 0 ? say(textRows?.replace("{count}", number.format(rows))) : undefined;
  bar.value = Math.max(bytes / of_bytes, bar.hasAttribute("value") ? bar.value : 0);
  const share = String(Math.floor(bar.value * 100));
  const told = textPart?.replace("{share}", share).replace("{rows}", number.format(rows));
  say(told?.replace("{all}", number.format(of_rows)));
  const amount = document.getElementById("welcome-bytes");
  if (amount) {
    const [done, all] = [bytes, of_bytes].map((each) => (each / 1e6).toFixed(1));
    amount.textContent = textBytes?.replace("{done}", done).replace("{all}", all) ?? "";
  }
}

/** @param {string | undefined} text */
function say(text) {
  const line = document.getElementById("welcome-line");
  if (line && text) line.textContent = text;
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-welcome]"));
if (place) welcome(place);
