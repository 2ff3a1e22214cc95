/** What a scan sounds, feels and looks like: each outcome different, so that nobody needs to look at the screen. */

/** @typedef {import("./scan_list.js").Feedback} Feedback */
/** @typedef {{ hz: number, startMs: number, lengthMs: number, shape: OscillatorType }} Tone */

const MUTED = "scan-muted";
const FLASH_MS = 450;
const GAP_MS = 40;
const QUIET_MS = 60_000;

/** @type {Record<Feedback, Tone[]>} */
const TONES = {
  new: [{ hz: 1760, startMs: 0, lengthMs: 90, shape: "sine" }],
  again: [
    { hz: 1320, startMs: 0, lengthMs: 60, shape: "sine" },
    { hz: 1760, startMs: 90, lengthMs: 60, shape: "sine" },
  ],
  unknown: [{ hz: 196, startMs: 0, lengthMs: 320, shape: "square" }],
  "not-ranged": [
    { hz: 660, startMs: 0, lengthMs: 130, shape: "triangle" },
    { hz: 440, startMs: 150, lengthMs: 180, shape: "triangle" },
  ],
  // More than the paper says goes up and stays up; what it does not name is said twice, low.
  over: [
    { hz: 880, startMs: 0, lengthMs: 90, shape: "triangle" },
    { hz: 1175, startMs: 110, lengthMs: 90, shape: "triangle" },
    { hz: 880, startMs: 220, lengthMs: 160, shape: "triangle" },
  ],
  stray: [
    { hz: 196, startMs: 0, lengthMs: 140, shape: "square" },
    { hz: 196, startMs: 200, lengthMs: 200, shape: "square" },
  ],
  waiting: [{ hz: 2640, startMs: 0, lengthMs: 20, shape: "sine" }],
};
/** @type {Record<Feedback, number[]>} */
const BUZZES = {
  new: [40],
  again: [30, 50, 30],
  unknown: [220],
  "not-ranged": [90, 60, 90],
  over: [60, 40, 60, 40, 60],
  stray: [160, 60, 160],
  waiting: [15],
};

/** @type {AudioContext | null} */
let audio = null;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let quiet;

// A browser lets a page sound only after a tap or a key, so the first one makes the sound ready. What is ready to sound
// costs a phone its battery: it sleeps when nothing has been touched for a while, and on pages that scan nothing.
const wake = () => {
  if (!document.querySelector("#scan, #scan-beside, [data-scan-paper]") || isMuted()) return;
  audio ??= new AudioContext();
  if (audio.state !== "running") audio.resume();
  clearTimeout(quiet);
  quiet = setTimeout(() => audio?.suspend(), QUIET_MS);
};
if (globalThis.document) {
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake, { capture: true });
}

export const isMuted = () => localStorage.getItem(MUTED) === "1";

/** @param {boolean} muted */
function setMuted(muted) {
  localStorage.setItem(MUTED, muted ? "1" : "0");
}

/** Buttons that mute say whether they did. @param {AbortSignal} signal */
export function listenToMute(signal) {
  const show = () => {
    for (const button of document.querySelectorAll("[data-scan-mute]"))
      button.setAttribute("aria-pressed", String(isMuted()));
  };
  const click = (/** @type {Event} */ event) => {
    if (/** @type {Element} */ (event.target).closest("[data-scan-mute]")) setMuted(!isMuted());
    show();
  };
  document.addEventListener("click", click, { signal });
  show();
}

/**
 * @param {Feedback} feedback
 * @param {HTMLElement | null} frame gets the class `is-<feedback>` for a moment
 */
export function giveFeedback(feedback, frame) {
  if (!isMuted() && audio?.state === "running") {
    for (const tone of TONES[feedback]) sound(audio, tone);
  }
  // Vibrating before the first touch is refused with a warning in the console.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[feedback]);
  if (frame) flash(frame, `is-${feedback}`);
}

/**
 * @param {AudioContext} context
 * @param {Tone} tone
 */
function sound(context, { hz, startMs, lengthMs, shape }) {
  const start = context.currentTime + startMs / 1000;
  const end = start + lengthMs / 1000;
  const gain = new GainNode(context, { gain: 0 });
  // Without the short slopes a tone begins and ends with a click.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.3, start + 0.005);
  gain.gain.setValueAtTime(0.3, Math.max(start + 0.005, end - 0.015));
  gain.gain.linearRampToValueAtTime(0, end);
  const oscillator = new OscillatorNode(context, { frequency: hz, type: shape });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}

/** @type {WeakMap<HTMLElement, number>} */
const flashes = new WeakMap();

/**
 * @param {HTMLElement} frame
 * @param {string} name
 */
function flash(frame, name) {
  clearTimeout(flashes.get(frame));
  const isSame = frame.classList.contains(name);
  for (const feedback of Object.keys(TONES)) frame.classList.remove(`is-${feedback}`);
  const begin = () => {
    frame.classList.add(name);
    flashes.set(
      frame,
      window.setTimeout(() => frame.classList.remove(name), FLASH_MS),
    );
  };
  // The same flash starts anew only after the browser has drawn a frame without it.
  if (isSame) flashes.set(frame, window.setTimeout(begin, GAP_MS));
  else begin();
}
