/**
 * Photos as a source of codes: each is kept on the phone first, sent when the hub can be reached, and what was read in
 * it stands on the scan page until somebody puts it away.
 */

import { dropPhoto, keepPhoto, keptPhotos } from "./scan_photo_store.js";
import { hear } from "./worker.js";

/** @typedef {import("./scan_photo_store.js").Kept} Kept */

const AGAIN_MS = 20_000;
const PATIENCE_MS = 60_000;

/**
 * @param {(code: string) => void} scan
 * @param {AbortSignal} signal when the scan page is left
 */
export function takePhotos(scan, signal) {
  const owner = document.body.dataset.person ?? "";
  /** @type {Kept[]} */
  let shown = [];
  const show = (/** @type {Kept[]} */ kept) => {
    shown = kept;
    draw(kept);
  };
  const showKept = async () => show(await keptPhotos(owner));
  const sendAll = () => underLock(() => sendEach(owner, showKept)).catch(withoutStorage);
  const take = async (/** @type {HTMLInputElement} */ input) => {
    const photos = [...(input.files ?? [])];
    input.value = "";
    for (const photo of photos) {
      const kept = { owner, at: Date.now(), photo, result: "" };
      await keepPhoto(kept).then(showKept, async () => show([...shown, await readUnkept(kept)]));
    }
    await sendAll();
  };
  const click = (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("#scan-photos button")
    );
    if (!button) return;
    event.preventDefault();
    if (button.dataset.photoCode) scan(button.dataset.photoCode);
    else dropPhoto(Number(button.dataset.photoDone)).then(showKept).catch(withoutStorage);
  };
  const change = async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.id === "scan-photo") await take(input);
  };
  document.addEventListener("change", change, { signal });
  document.addEventListener("click", click, { signal });
  window.addEventListener("online", sendAll, { signal });
  let wasLive = false;
  hear((news) => {
    if (news.type !== "state" || news.state.live === wasLive) return;
    wasLive = news.state.live;
    if (wasLive) sendAll();
  }, signal);
  const timer = setInterval(sendAll, AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  const begin = async () => {
    // Somebody was quicker than this script.
    const input = /** @type {HTMLInputElement | null} */ (document.getElementById("scan-photo"));
    if (input?.files?.length) await take(input);
    await showKept();
    await sendAll();
  };
  begin().catch(withoutStorage);
  return {
    /** A refresh of the page may have put an empty place where ours was. */
    mend: () => shown.length > 0 && document.querySelector("#scan-photos:empty") && draw(shown),
  };
}

/** A browser that keeps nothing has kept no photo. @param {unknown} error */
function withoutStorage(error) {
  if (!(error instanceof DOMException)) throw error;
}

/** Two tabs do not send the same photo. @param {() => Promise<void>} work @returns {Promise<void>} */
async function underLock(work) {
  if (!navigator.locks) return await work();
  return await navigator.locks.request("stockhand-photos", { ifAvailable: true }, (lock) =>
    lock ? work() : undefined,
  );
}

/** @param {string} owner @param {() => Promise<void>} show */
async function sendEach(owner, show) {
  // One that was taken meanwhile is sent too.
  for (;;) {
    const next = (await keptPhotos(owner)).find((kept) => kept.photo !== null);
    if (!next?.photo) return;
    const result = await readBy(next.photo);
    if (result === null) return;
    await keepPhoto({ ...next, photo: null, result });
    await show();
  }
}

/** There was no room to keep it: the hub may still read it. @param {Kept} kept @returns {Promise<Kept>} */
async function readUnkept(kept) {
  const result = kept.photo ? await readBy(kept.photo) : null;
  const full = document.getElementById("scan-photos")?.dataset.textFull ?? "";
  return { ...kept, photo: null, result: result ?? note(full) };
}

/** What the hub says, as a piece of its page; null where it does not answer now. @param {Blob} photo */
async function readBy(photo) {
  const body = new FormData();
  body.set("photo", photo, "photo");
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch("/scan/photo", { method: "POST", body, headers: { Accept: "text/html" }, signal });
    // What is too large stays too large; its answer is a sentence.
    if (response.status === 413) return note(await response.text());
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const result = /** @type {HTMLElement | null} */ (page.getElementById("photo-result"));
    if (!result || result.dataset.photoOutcome === "busy") return null;
    result.removeAttribute("id");
    return result.outerHTML;
  } catch (error) {
    // No network is normal; the photo waits.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/** @param {string} text */
function note(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "note";
  paragraph.textContent = text;
  return paragraph.outerHTML;
}

/** @param {Kept[]} kept */
function draw(kept) {
  const place = document.getElementById("scan-photos");
  if (!place) return;
  const waiting = kept.filter((one) => one.photo !== null).length;
  place.replaceChildren();
  for (const one of kept.filter((each) => each.photo === null)) place.append(resultOf(place, one));
  if (waiting > 0) {
    const line = document.createElement("p");
    line.className = "note photo-waiting";
    const text = navigator.onLine ? place.dataset.textReading : place.dataset.textWaiting;
    line.textContent = (text ?? "").replace("{count}", String(waiting));
    place.append(line);
  }
  place.hidden = place.childElementCount === 0;
}

/** @param {HTMLElement} place @param {Kept} kept */
function resultOf(place, kept) {
  const card = document.createElement("div");
  card.className = "card photo-card";
  const page = new DOMParser().parseFromString(kept.result, "text/html");
  card.append(...[...page.body.children].map((part) => document.importNode(part, true)));
  if (kept.id !== undefined) {
    const done = document.createElement("button");
    done.type = "button";
    done.className = "button button-plain button-small";
    done.dataset.photoDone = String(kept.id);
    done.textContent = place.dataset.textDone ?? "";
    card.append(done);
  }
  return card;
}
