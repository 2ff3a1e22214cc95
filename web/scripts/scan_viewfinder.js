/** The camera on the page: started by a tap or by itself, stopped when nobody looks, its frames read into codes. */

import { aimedAt, distanceFromCentre, isInside } from "./scan_aim.js";
import { keepAwake } from "./scan_awake.js";
import { cameraRefusal, eachFrame, isCameraGranted, openCamera } from "./scan_camera.js";
import { createChoice } from "./scan_choice.js";
import { showLens, switchLens } from "./scan_lens.js";
import { showOffers } from "./scan_offers.js";
import { pinchToZoom } from "./scan_pinch.js";
import { createReader } from "./scan_reader.js";
import { createRearm } from "./scan_rearm.js";

/**
 * @typedef {import("./scan_camera.js").Camera} Camera
 * @typedef {import("./scan_decoder.js").Reading} Reading
 * @typedef {import("./scan_aim.js").Box} Box
 * @typedef {object} Parts
 * @property {HTMLElement} section gets `data-camera`: off, starting, on, refused
 * @property {HTMLVideoElement} video
 * @property {HTMLElement | null} start
 * @property {HTMLElement | null} torch
 * @property {HTMLElement | null} lens
 * @property {HTMLElement | null} aim
 * @property {HTMLElement | null} offers
 * @typedef {{ onCode: (code: string) => void, say: (sentence: string) => void }} Ears `sentence` by name, "" for silence
 */

// Faster only warms the phone: two reads of a code then take a tenth of a second.
const SHORTEST_PAUSE_MS = 45;
// Granted once in this document: iOS then opens it without a question but does not say so when asked.
let wasGranted = false;

/**
 * @param {Parts} parts
 * @param {Ears} ears
 */
export function createViewfinder(parts, ears) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const told = countOnce(parts, ears);
  /** @type {{ camera: Camera, close: () => void } | null} */
  let open = null;
  let isOpening = false;
  let isWanted = false;
  const cameraNow = () => open?.camera ?? null;

  const pause = (state = "off") => {
    open?.close();
    open = null;
    showOffers(parts.offers, [], () => undefined);
    show(parts, state, null);
  };
  const begin = async () => {
    isWanted = true;
    if (open || isOpening || document.hidden) return;
    isOpening = true;
    show(parts, "starting", null);
    ears.say("starting");
    let camera = null;
    try {
      camera = await openCamera();
      wasGranted = true;
      open = { camera, close: watch(parts, camera, told, fail) };
      camera.onEnded(pause);
      // Left or hidden while the question was on the screen: nobody would turn the camera off any more.
      if (signal.aborted || document.hidden) return pause();
      await parts.video.play();
      show(parts, "on", camera);
      ears.say("");
    } catch (error) {
      const wasPaused = camera !== null && open === null;
      if (!signal.aborted && !wasPaused) fail(error);
    } finally {
      isOpening = false;
    }
  };
  const fail = (/** @type {unknown} */ error) => {
    const reason = cameraRefusal(error);
    pause("refused");
    ears.say(reason ?? "no-camera");
    if (!reason) throw error;
  };

  parts.start?.addEventListener("click", begin, { signal });
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : isWanted && begin()), { signal });
  switchTorch(parts, cameraNow, signal);
  const reopen = () => {
    pause();
    begin();
  };
  switchLens(parts.lens, cameraNow, reopen, signal);
  pinchToZoom(parts.section, cameraNow, signal);
  show(parts, "off", null);
  beginUnasked(begin, signal);
  return {
    /** Says again what a swap of the page may have undone. */
    mend() {
      if (parts.section.dataset.camera) return;
      show(parts, open ? "on" : "off", cameraNow());
      if (!open && (isWanted || wasGranted)) begin();
    },
    leave() {
      leaving.abort();
      pause();
    },
  };
}

/**
 * @param {() => Promise<void>} begin
 * @param {AbortSignal} signal
 */
async function beginUnasked(begin, signal) {
  const isGranted = wasGranted || (await isCameraGranted());
  if (isGranted && !signal.aborted) await begin();
}

/**
 * @param {Parts} parts
 * @param {string} state
 * @param {Camera | null} camera
 */
function show({ section, start, torch, lens }, state, camera) {
  section.dataset.camera = state;
  showLens(lens, state === "on");
  if (start) start.hidden = state === "on" || state === "starting";
  if (!torch) return;
  torch.hidden = !camera?.hasTorch;
  torch.setAttribute("aria-pressed", "false");
}

/**
 * @param {Parts} parts
 * @param {Ears} ears
 */
function countOnce({ section, offers }, ears) {
  const choice = createChoice(createRearm());
  const choose = (/** @type {string} */ code) => {
    choice.settle(performance.now());
    showOffers(offers, [], choose);
    ears.onCode(code);
  };
  return (/** @type {Reading} */ reading, /** @type {Box} */ aim) => {
    const inside = reading.reads.filter((read) => isInside(read.centre, aim));
    inside.sort((one, other) => distanceFromCentre(one.centre, aim) - distanceFromCentre(other.centre, aim));
    section.dataset.reader = `${reading.reader} ${Math.round(reading.decodeMs)} ms`;
    const { counted, offered } = choice.frame(inside, reading.reads, performance.now());
    if (showOffers(offers, offered, choose) && offered.length > 0) ears.say("several");
    if (counted.length > 0) section.dataset.readBy = reading.reader;
    for (const code of counted) ears.onCode(code);
  };
}

/**
 * @param {Parts} parts
 * @param {Camera} camera
 * @param {(reading: Reading, aim: Box) => void} told
 * @param {(error: unknown) => void} fail told when the decoder cannot work
 * @returns {() => void} ends it
 */
function watch({ video, aim }, camera, told, fail) {
  const reader = createReader();
  let isOver = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  const look = (/** @type {number} */ nowMs) => {
    if (reader.isBusy() || nowMs - lastMs < SHORTEST_PAUSE_MS || video.videoWidth === 0) return;
    lastMs = nowMs;
    const picture = { width: video.videoWidth, height: video.videoHeight };
    const where = aimedAt(picture, video.getBoundingClientRect(), aim?.getBoundingClientRect() ?? new DOMRect());
    reader.read(video, where.region).then(
      (reading) => isOver || reading === null || told(reading, where.aim),
      (error) => isOver || fail(error),
    );
  };
  const sleep = keepAwake();
  video.srcObject = camera.stream;
  const endFrames = eachFrame(video, look);
  return () => {
    isOver = true;
    sleep();
    endFrames();
    reader.close();
    camera.stop();
    video.srcObject = null;
  };
}

/**
 * @param {Parts} parts
 * @param {() => Camera | null} cameraNow
 * @param {AbortSignal} signal
 */
function switchTorch({ section, torch, video, aim }, cameraNow, signal) {
  const toggle = async (/** @type {Event} */ event) => {
    const place = /** @type {Node} */ (event.target);
    const camera = cameraNow();
    if (!camera?.hasTorch || !(place === video || torch?.contains(place) || aim?.contains(place))) return;
    const isLit = torch?.getAttribute("aria-pressed") === "true";
    await camera.set({ torch: !isLit });
    torch?.setAttribute("aria-pressed", String(!isLit));
  };
  section.addEventListener("click", toggle, { signal });
}
