/** The checkup page: looks at everything that can be looked at unasked, the rest at a tap; shares what it found. */

import { whenMarkupArrives } from "./arrival.js";
import { lookAtCatalogue, lookAtClock, lookAtPush, lookAtStorage, lookAtWorker } from "./checkup_keeping.js";
import { resultAsText } from "./checkup_line.js";
import * as senses from "./checkup_senses.js";
import { hearScanner } from "./checkup_wedge.js";
import { stateNow } from "./state.js";
import { hear } from "./worker.js";

const WORKER_MS = 1000;

/** @type {Element | null} */
let seen = null;
let leaving = new AbortController();

/** Nothing here reaches a page that was left: every line is looked up when it is said. */
function begin() {
  const page = document.querySelector("[data-checkup]");
  if (page === seen) return;
  leaving.abort();
  seen = page;
  if (!page) return;
  leaving = new AbortController();
  const field = /** @type {HTMLInputElement | null} */ (page.querySelector("[data-check-wedge]"));
  if (field) hearScanner(field, leaving.signal);
  senses.beginSound();
  senses.beginVibration();
  lookAtStorage();
  lookAtClock();
  lookAtPush();
  lookAtWhatIsKept();
  // A page without a worker hears nothing of one.
  setTimeout(lookAtWhatIsKept, WORKER_MS);
  senses.beginCamera();
  senses.timeDecoder();
}

function lookAtWhatIsKept() {
  if (!document.querySelector("[data-checkup]")) return;
  lookAtWorker(stateNow());
  lookAtCatalogue(stateNow());
}

/** @type {Record<string, () => unknown>} */
const TRIES = { camera: senses.tryCamera, sound: senses.trySound, vibration: senses.tryVibration };

document.addEventListener("click", ({ target }) => {
  const place = /** @type {Element} */ (target);
  const name = /** @type {HTMLElement | null} */ (place.closest("[data-check]"))?.dataset.check ?? "";
  if (place.closest("[data-check-try]")) TRIES[name]?.();
  const answer = place.closest("[data-check-yes], [data-check-no]");
  if (answer && name === "sound") senses.heard(answer.matches("[data-check-yes]"));
  if (answer && name === "vibration") senses.felt(answer.matches("[data-check-yes]"));
  if (place.closest("[data-check-share]")) share();
});

/** Given to the phone's own sharing, else copied, else shown to be copied by hand. */
async function share() {
  const text = resultAsText();
  if (navigator.share) {
    const [shared] = await Promise.allSettled([navigator.share({ title: "Stockhand", text })]);
    // Put away by the person who was asked.
    if (shared.status === "fulfilled" || shared.reason?.name === "AbortError") return;
  }
  const [copied] = await Promise.allSettled([
    Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject()),
  ]);
  const note = document.getElementById("checkup-note");
  const area = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("checkup-text"));
  if (!note || !area) return;
  note.hidden = copied.status === "rejected";
  note.textContent = /** @type {HTMLElement | null} */ (document.getElementById("checkup"))?.dataset.textCopied ?? "";
  area.hidden = false;
  area.value = text;
  if (copied.status === "rejected") area.select();
}

whenMarkupArrives(begin);
hear((news) => {
  if (news.type === "state") lookAtWhatIsKept();
});
