/**
 * Photos as a source of codes: each is kept on the phone first, sent when the hub can be reached, and what was read in
 * it stands on the scan page until somebody puts it away.
 */

import { dropPhoto, keepPhoto, keptPhotos } from "./scan_photo_store.js";

/** @typedef {import("./scan_photo_store.js").Kept} Kept */

const AGAIN_MS = 20_000;
const PATIENCE_MS = 60_000;

/**
 * @param {(code: string) => void} scan
 * @param {AbortSignal} signal when the scan page is left
 */
export function takePhotos(scan, signal) {
  const place = document.getElementById("scan-photos");
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("scan-photo"));
  if (!place || !input) return;
  const owner = document.body.dataset.person ?? "";
  const show = async () => draw(place, await keptPhotos(owner));
  const sendAll = () => underLock(() => sendEach(owner, show));
  const take = async () => {
    const photos = [...(input.files ?? [])];
    input.value = "";
    for (const photo of photos) {
      const kept = { owner, at: Date.now(), photo, result: "" };
      await keepPhoto(kept).then(show, () => sendUnkept(place, kept));
    }
    await sendAll();
  };
  const click = async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
    if (!button) return;
    event.preventDefault();
    if (button.dataset.photoCode) scan(button.dataset.photoCode);
    else if (button.dataset.photoDone) await dropPhoto(Number(button.dataset.photoDone)).then(show);
  };
  input.addEventListener("change", take, { signal });
  place.addEventListener("click", click, { signal });
  window.addEventListener("online", sendAll, { signal });
  const timer = setInterval(sendAll, AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  // A browser without storage has kept none.
  show().then(sendAll, () => undefined);
}

/** Two tabs do not send the same photo. @param {() => Promise<void>} work */
function underLock(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("stockhand-photos", { ifAvailable: true }, (lock) => (lock ? work() : undefined));
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

/** There was no room to keep it: the hub may still read it. @param {HTMLElement} place @param {Kept} kept */
async function sendUnkept(place, kept) {
  const result = kept.photo ? await readBy(kept.photo) : null;
  draw(place, [{ ...kept, photo: null, result: result ?? note(place.dataset.textFull ?? "") }]);
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

/** @param {HTMLElement} place @param {Kept[]} kept */
function draw(place, kept) {
  const waiting = kept.filter((one) => one.photo !== null).length;
  place.replaceChildren();
  for (const one of kept.filter((each) => each.photo === null)) place.append(resultOf(place, one));
  if (waiting > 0) {
    const line = document.createElement("p");
    line.className = "note photo-waiting";
    line.textContent = (place.dataset.textWaiting ?? "").replace("{count}", String(waiting));
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
