/** The elements of the camera's view, on whichever page it is, and the sentences that stand on it. */

/** @param {HTMLElement} section that the view is in */
export function viewParts(section) {
  const find = (/** @type {string} */ id) => document.getElementById(id);
  return {
    section,
    video: /** @type {HTMLVideoElement} */ (find("scan-video")),
    start: find("scan-start"),
    torch: find("scan-torch"),
    lens: find("scan-lens"),
    offers: find("scan-offers"),
    aim: find("scan-frame"),
  };
}

/** @param {string} name of a sentence in the view's data-text attributes, "" for silence */
export function sayOfCamera(name) {
  const key = `text${name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())}`;
  const message = document.getElementById("scan-message");
  if (!message) return;
  message.textContent = document.getElementById("scan-view")?.dataset[key] ?? "";
  message.dataset.about = name === "" ? "" : "camera";
}
