/** The phone's camera: asked for, given up, its light and its zoom. */

import { chosenLens } from "./scan_lens.js";

/**
 * @typedef {"denied" | "no-camera" | "insecure"} CameraRefusal
 * @typedef {{ min: number, max: number, step?: number }} Range
 * @typedef {MediaTrackCapabilities & { torch?: boolean, zoom?: Range, focusMode?: string[] }} LensCapabilities
 * @typedef {{ torch?: boolean, zoom?: number, focusMode?: string }} LensSetting
 * @typedef {object} Camera
 * @property {MediaStream} stream
 * @property {boolean} hasTorch
 * @property {Range | null} zoom
 * @property {(setting: LensSetting) => Promise<void>} set
 * @property {(callback: () => void) => void} onEnded another program or the phone took the camera away
 * @property {() => void} stop
 */

// The width that gives an EAN-13 held at 20 cm three pixels a bar, without the heat of a 4K stream.
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };

/** Whether asking would open the camera without a question. */
export async function isCameraGranted() {
  if (!navigator.mediaDevices || !navigator.permissions) return false;
  try {
    const { state } = await navigator.permissions.query({ name: "camera" });
    return state === "granted";
  } catch (error) {
    // Some browsers know no permission of this name; they want a tap.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @returns {Promise<Camera>} rejected with what `cameraRefusal` understands */
export async function openCamera() {
  if (!navigator.mediaDevices) throw new DOMException("No camera is offered to this page", "NotSupportedError");
  const lens = { facingMode: "environment", ...chosenLens() };
  const stream = await navigator.mediaDevices.getUserMedia({ video: { ...PICTURE, ...lens }, audio: false });
  const [track] = stream.getVideoTracks();
  const can = /** @type {LensCapabilities} */ (track.getCapabilities?.() ?? {});
  const set = (/** @type {LensSetting} */ setting) =>
    track.applyConstraints({ advanced: [/** @type {MediaTrackConstraintSet} */ (setting)] });
  if (can.focusMode?.includes("continuous")) await set({ focusMode: "continuous" });
  return {
    stream,
    hasTorch: can.torch === true,
    zoom: can.zoom && can.zoom.max > can.zoom.min ? can.zoom : null,
    set,
    onEnded: (callback) => track.addEventListener("ended", () => callback()),
    stop: () => {
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

/**
 * The reason for staff behind a failed `openCamera`; null for what is not a refusal but a fault.
 * @param {unknown} error
 * @returns {CameraRefusal | null}
 */
export function cameraRefusal(error) {
  if (!globalThis.isSecureContext) return "insecure";
  if (!(error instanceof DOMException)) return null;
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  const missing = ["NotFoundError", "NotReadableError", "NotSupportedError", "OverconstrainedError", "AbortError"];
  return missing.includes(error.name) ? "no-camera" : null;
}

/**
 * Calls back for every new picture of the video.
 * @param {HTMLVideoElement} video
 * @param {(nowMs: number) => void} callback
 * @returns {() => void} ends it
 */
export function eachFrame(video, callback) {
  let handle = 0;
  const next = (/** @type {number} */ nowMs) => {
    handle = video.requestVideoFrameCallback(next);
    callback(nowMs);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
