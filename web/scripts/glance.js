/** What the phone knows of itself, at one glance on the sync page, and a sentence wherever it cannot keep what it is given. */

import { whenMarkupArrives } from "./arrival.js";
import { stateNow } from "./state.js";
import { hear } from "./worker.js";

/** @typedef {import("./worker.js").State} State */

const MINUTE_MS = 60_000;
const STEPS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", MINUTE_MS],
]);

function draw() {
  const state = stateNow();
  if (!state) return;
  const glance = document.getElementById("phone-glance");
  if (glance) fill(glance, state);
  warn(state, glance !== null);
}

/** @param {HTMLElement} glance @param {State} state */
function fill(glance, state) {
  const texts = glance.dataset;
  const storage = state.storage ?? "none";
  /** @type {Record<string, string>} */
  const told = {
    waiting: new Intl.NumberFormat(document.documentElement.lang).format(state.waiting),
    oldest: state.oldest_at ? ageOf(state.oldest_at, texts.textNow) : "–",
    hub: (state.live ? texts.textLive : texts.textAway) ?? "",
    news: state.catalogue_at ? ageOf(state.catalogue_at, texts.textNow) : "–",
    storage: texts[`text${storage[0].toUpperCase()}${storage.slice(1)}`] ?? "",
    release: state.release?.slice(0, 8) || "–",
  };
  // A browser that promises nothing is a worry while there is something to lose.
  const isStorageWorry = storage === "unsure" ? state.waiting > 0 : storage !== "ok";
  const worries = { hub: !state.live, oldest: state.waiting > 0, storage: isStorageWorry };
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (glance.querySelectorAll("[data-glance]"))) {
    const name = place.dataset.glance ?? "";
    if (place.textContent !== told[name]) place.textContent = told[name];
    place.classList.toggle("glance-worry", Reflect.get(worries, name) === true);
  }
}

/** `2 hr. ago`. @param {number} at @param {string} [now] for what is younger than a minute */
function ageOf(at, now = "") {
  const age = Date.now() - at;
  if (age < MINUTE_MS) return now;
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  const [unit, length] = STEPS.find(([, step]) => age >= step) ?? ["minute", MINUTE_MS];
  return words.format(-Math.floor(age / length), unit);
}

/** @param {State} state @param {boolean} isSyncPage where also a doubt is told, while there is something to lose */
function warn(state, isSyncPage) {
  const note = document.getElementById("storage-note");
  if (!note) return;
  const { textFull = "", textLost = "", textNone = "", textUnsure = "" } = note.dataset;
  const unsure = isSyncPage && state.waiting > 0 ? textUnsure : "";
  const texts = { full: textFull, lost: textLost, none: textNone, unsure, ok: "" };
  const text = texts[state.storage ?? "ok"];
  if (note.textContent !== text) note.textContent = text;
  note.hidden = text === "";
}

hear((news) => news.type === "state" && draw());
whenMarkupArrives(draw);
setInterval(draw, MINUTE_MS);
