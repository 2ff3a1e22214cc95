/** The checkup of what a device senses and gives: camera, sound, vibration, how fast it reads codes. */

import { lineOf, say } from "./checkup_line.js";
import { cameraRefusal, isCameraGranted, openCamera } from "./scan_camera.js";
import { giveFeedback, isMuted } from "./scan_feedback.js";

/** @typedef {import("./scan_decoder.js").Reading} Reading */

const TIMES = 20;
const FAST_MS = 80;
const SLOW_MS = 250;
const KNOWN = "2000000000015";
const ENOUGH_PX = 1280;
const CANVAS = { width: 1280, height: 720 };

/** Opened at once where nobody would be asked. */
export async function beginCamera() {
  say("camera", "open", "ask");
  if (await isCameraGranted()) await tryCamera();
}

export async function tryCamera() {
  try {
    const camera = await openCamera();
    const { width = 0, height = 0 } = camera.stream.getVideoTracks()[0].getSettings();
    camera.stop();
    const words = lineOf("camera")?.dataset ?? {};
    const zoom = camera.zoom ? `${camera.zoom.min}–${camera.zoom.max}` : (words.textNo ?? "");
    const params = { width, height, torch: (camera.hasTorch ? words.textYes : words.textNo) ?? "", zoom };
    const isFine = Math.max(width, height) >= ENOUGH_PX;
    say("camera", isFine ? "good" : "look", isFine ? "good" : "coarse", params, "extras");
  } catch (error) {
    const reason = cameraRefusal(error);
    say("camera", reason === "no-camera" ? "look" : "bad", reason ?? "no-camera");
    if (!reason) throw error;
  }
}

/** Has the scan page's own worker read a picture that is known, again and again. */
export async function timeDecoder() {
  say("decoder", "open", "busy");
  const path = document.querySelector('[data-check="wedge"] path')?.getAttribute("d");
  if (!path) return;
  const worker = new Worker(new URL("./scan_decoder.js", import.meta.url), { type: "module" });
  try {
    /** @type {number[]} */
    const times = [];
    let reader = "";
    let isRight = true;
    // The first one also loads the reader, which a scan page has done before anybody holds a code to it.
    for (let turn = 0; turn <= TIMES && isRight; turn++) {
      const reading = await readBy(worker, await picture(path));
      isRight = reading?.reads.some(({ code }) => code === KNOWN) ?? false;
      if (reading && turn > 0) times.push(reading.decodeMs);
      reader = reading?.reader ?? "";
    }
    const ms = Math.round(times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0);
    const state = ms <= FAST_MS ? "good" : ms <= SLOW_MS ? "look" : "bad";
    if (isRight) say("decoder", state, state === "good" ? "good" : "slow", { ms, reader });
    else say("decoder", "bad", "wrong");
  } finally {
    worker.terminate();
  }
}

/** The printed code on a picture of the camera's size. @param {string} path */
function picture(path) {
  const canvas = new OffscreenCanvas(CANVAS.width, CANVAS.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(360, 240);
  context.scale(5, 5);
  context.fillStyle = "black";
  context.fill(new Path2D(path));
  return createImageBitmap(canvas);
}

/** @param {Worker} worker @param {ImageBitmap} frame @returns {Promise<Reading | null>} null where it broke */
function readBy(worker, frame) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve("failure" in data ? null : data);
    worker.onerror = () => resolve(null);
    worker.postMessage({ frame, region: { x: 0, y: 0, ...CANVAS } }, [frame]);
  });
}

export function beginSound() {
  say("sound", "AudioContext" in globalThis ? "open" : "look", "AudioContext" in globalThis ? "ask" : "none");
}

/** The tone of a scan that was found, also where scanning is muted. */
export async function trySound() {
  if (!("AudioContext" in globalThis)) return;
  const audio = new AudioContext();
  await audio.resume();
  const gain = new GainNode(audio, { gain: 0.3 });
  const tone = new OscillatorNode(audio, { frequency: 1760 });
  tone.connect(gain).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.25);
  tone.onended = () => audio.close();
  askFor("sound");
}

/** @param {boolean} isHeard */
export function heard(isHeard) {
  if (isHeard && isMuted()) say("sound", "look", "good", {}, "muted");
  else say("sound", isHeard ? "good" : "look", isHeard ? "good" : "deaf");
}

export function beginVibration() {
  say("vibration", "vibrate" in navigator ? "open" : "look", "vibrate" in navigator ? "ask" : "none");
  const button = lineOf("vibration")?.querySelector("[data-check-try]");
  if (button) /** @type {HTMLElement} */ (button).hidden = !("vibrate" in navigator);
}

export function tryVibration() {
  navigator.vibrate?.([120, 80, 120]);
  giveFeedback("waiting", null);
  askFor("vibration");
}

/** @param {boolean} isFelt */
export function felt(isFelt) {
  say("vibration", isFelt ? "good" : "look", isFelt ? "good" : "numb");
}

/** @param {string} name */
function askFor(name) {
  const answer = /** @type {HTMLElement | null} */ (lineOf(name)?.querySelector("[data-check-answer]"));
  if (answer) answer.hidden = false;
}
