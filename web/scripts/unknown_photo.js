/** Photos of goods whose code nobody knows: taken with one tap, kept on the phone first, sent when the hub can be reached. */

import { whenMarkupArrives } from "./arrival.js";
import { mintId } from "./scan_unknown.js";
import { sendPhotos, sendToHub, tellOf } from "./unknown_photo_sending.js";
import { dropPhoto, keepPhoto, keptPhotos } from "./unknown_photo_store.js";

/** @typedef {import("./unknown_photo_store.js").GoodsPhoto} GoodsPhoto */

const LONGEST_SIDE_PX = 1280;
const QUALITY = 0.8;
const AGAIN_MS = 20_000;
// A page that has just come has better things to do.
const FIRST_MS = 2000;

/** What this phone keeps of who is here. @type {GoodsPhoto[]} */
let kept = [];
/** Addresses of the pictures that are shown from this phone, by name; for this visit also those that were sent. @type {Map<string, string>} */
const addresses = new Map();
/** The name of a text of the place, or "". */
let news = "";

const owner = () => document.body.dataset.person ?? "";

async function look() {
  kept = await keptPhotos(owner());
  for (const { name, photo } of kept)
    if (photo && !addresses.has(name)) addresses.set(name, URL.createObjectURL(photo));
  draw();
}

/** @param {Event} event */
async function take({ target }) {
  const input = /** @type {HTMLInputElement} */ (target);
  const { goodsOf: code, store } = input.dataset;
  if (code === undefined) return;
  const [file] = input.files ?? [];
  input.value = "";
  if (!file) return;
  news = "";
  if (!crypto.subtle) return say("insecure");
  const photo = await shrunk(file);
  const name = hex(await crypto.subtle.digest("SHA-256", await photo.arrayBuffer()));
  const more = { code, name, photo, store: Number(store), at: Date.now(), isTold: false, problem: "" };
  const taken = { id: mintId(), owner: owner(), ...more };
  try {
    await keepPhoto(taken);
  } catch (error) {
    withoutStorage(error);
    return await sendUnkept(taken);
  }
  await look();
  await sendAll();
}

/** There was no room to keep it: the hub may still take it. @param {GoodsPhoto} photo */
async function sendUnkept(photo) {
  const nothing = async () => undefined;
  const sent = await sendPhotos([photo], { tell: tellOf, send: sendToHub, keep: nothing, drop: nothing });
  say(sent > 0 ? "sent" : "full");
}

async function sendAll() {
  if (kept.every(({ photo }) => photo === null)) return;
  try {
    await underLock(async () => {
      const drop = ({ id = "" }) => dropPhoto(id);
      const sent = await sendPhotos(await keptPhotos(owner()), {
        tell: tellOf,
        send: sendToHub,
        keep: keepPhoto,
        drop,
      });
      if (sent > 0) news = "sent";
    });
    await look();
  } catch (error) {
    withoutStorage(error);
  }
}

/** Two tabs do not send the same photo. @param {() => Promise<void>} work @returns {Promise<void>} */
async function underLock(work) {
  if (!navigator.locks) return await work();
  const only = { ifAvailable: true };
  await navigator.locks.request("stockhand-goods-photos", only, (lock) => (lock ? work() : undefined));
}

/** As it is where this browser cannot open it: the hub may. @param {File} file @returns {Promise<Blob>} */
async function shrunk(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const factor = Math.min(1, LONGEST_SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * factor));
    canvas.height = Math.max(1, Math.round(picture.height * factor));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), "image/jpeg", QUALITY));
  } catch (error) {
    withoutStorage(error);
    return file;
  }
}

/** @param {ArrayBuffer} bytes */
function hex(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a browser cannot do, it says with a DOMException. @param {unknown} error */
function withoutStorage(error) {
  if (!(error instanceof DOMException)) throw error;
}

/** @param {string} name */
function say(name) {
  news = name;
  draw();
}

function draw() {
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-goods]"))) {
    const address = addresses.get(image.dataset.goods ?? "");
    if (address === undefined || image.src === address) continue;
    image.src = address;
    image.hidden = false;
  }
  const place = document.getElementById("goods-waiting");
  if (!place) return;
  const texts = place.dataset;
  const textOf = (/** @type {string} */ name) => texts[`text${name[0].toUpperCase()}${name.slice(1)}`] ?? name;
  const waiting = kept.filter(({ photo }) => photo !== null).length;
  const lines = kept.filter(({ photo }) => photo === null).map((one) => refusal(one, textOf));
  const text = navigator.onLine ? texts.textSending : texts.textWaiting;
  if (waiting > 0) lines.push(line((text ?? "").replace("{count}", String(waiting)), ""));
  else if (news !== "") lines.push(line(textOf(news), ""));
  place.replaceChildren(...lines);
  place.hidden = lines.length === 0;
}

/** @param {GoodsPhoto} photo @param {(name: string) => string} textOf */
function refusal({ id, code, problem }, textOf) {
  const note = line(`${code}: ${textOf(problem)}`, "note-refused");
  const done = document.createElement("button");
  done.type = "button";
  done.className = "button button-plain button-small";
  done.dataset.goodsDone = id;
  done.textContent = textOf("done");
  note.append(" ", done);
  return note;
}

/** @param {string} text @param {string} more */
function line(text, more) {
  const note = document.createElement("p");
  note.className = `note ${more}`;
  note.textContent = text;
  return note;
}

/** @param {Event} event */
function putAway({ target }) {
  const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-goods-done]"));
  if (button)
    dropPhoto(button.dataset.goodsDone ?? "")
      .then(look)
      .catch(withoutStorage);
}

/** A refresh may take the field away while the camera is open; it says what was taken all the same. @param {Event} event */
function arm({ target }) {
  if (target instanceof HTMLInputElement && target.dataset.goodsOf !== undefined)
    target.addEventListener("change", take);
}

/** A picture that does not come leaves the sentence behind it to be read. @param {Event} event */
function missed({ target }) {
  if (target instanceof HTMLImageElement && target.dataset.goods) target.hidden = true;
}

function again() {
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-goods]"))) {
    if (!image.hidden) continue;
    image.hidden = false;
    image.src = `/unknown-codes/photo/${image.dataset.goods}`;
  }
  sendAll();
}

document.addEventListener("change", take);
document.addEventListener("click", arm);
document.addEventListener("click", putAway);
document.addEventListener("error", missed, { capture: true });
window.addEventListener("online", again);
whenMarkupArrives(draw);
const begin = () => look().then(sendAll).catch(withoutStorage);
setTimeout(begin, FIRST_MS);
setInterval(begin, AGAIN_MS);
