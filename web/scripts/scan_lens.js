/** Which of several cameras looks: remembered on this device, changed at a tap. */

const CHOSEN = "scan-lens";

/** @returns {MediaTrackConstraints} empty where none was chosen */
export function chosenLens() {
  const id = localStorage.getItem(CHOSEN);
  // Not `exact`: a camera that was pulled out leaves the others.
  return id ? { deviceId: { ideal: id } } : {};
}

/**
 * The button goes from one camera to the next, where there is another one.
 * @param {HTMLElement | null} button
 * @param {() => import("./scan_camera.js").Camera | null} cameraNow
 * @param {() => void} reopen
 * @param {AbortSignal} signal
 */
export function switchLens(button, cameraNow, reopen, signal) {
  const next = async () => {
    const lenses = await allLenses();
    const now = cameraNow()?.stream.getVideoTracks()[0]?.getSettings().deviceId;
    const place = lenses.findIndex(({ deviceId }) => deviceId === now);
    if (lenses.length < 2 || signal.aborted) return;
    localStorage.setItem(CHOSEN, lenses[(place + 1) % lenses.length].deviceId);
    reopen();
  };
  button?.addEventListener("click", next, { signal });
}

/** Browsers name their cameras only once one was allowed. @param {HTMLElement | null} button @param {boolean} isOn */
export async function showLens(button, isOn) {
  if (!button) return;
  const isChoice = isOn && (await allLenses()).length > 1;
  button.hidden = !isChoice;
}

async function allLenses() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
}
