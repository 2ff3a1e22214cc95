/** A file is dropped or chosen, and sent with its progress in sight. Without this the form sends itself. */

import { sayUnreachable } from "./toast.js";

/** @param {EventTarget | null} target @returns {HTMLFormElement | null} */
function formOf(target) {
  return target instanceof Element ? target.closest("form[data-drop]") : null;
}

/** @param {HTMLFormElement} form @param {string} selector @returns {HTMLElement} */
function part(form, selector) {
  return /** @type {HTMLElement} */ (form.querySelector(selector));
}

/** @param {HTMLFormElement} form */
function fileOf(form) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files?.[0];
}

/** @param {HTMLFormElement} form */
function drawFile(form) {
  const file = fileOf(form);
  part(form, ".drop-place").toggleAttribute("data-chosen", Boolean(file));
  if (file) part(form, "[data-drop-name]").textContent = file.name;
}

/** @param {HTMLFormElement} form @param {number} percent */
function drawProgress(form, percent) {
  const place = part(form, "[data-drop-progress]");
  place.hidden = false;
  const { textSending, textReading } = form.dataset;
  const words = percent < 100 ? (textSending ?? "").replace("{percent}", String(percent)) : textReading;
  /** @type {HTMLProgressElement} */ (place.querySelector("progress")).value = percent;
  /** @type {HTMLOutputElement} */ (place.querySelector("output")).textContent = words ?? "";
}

/** @param {HTMLFormElement} form @param {boolean} isSending */
function lock(form, isSending) {
  /** @type {HTMLButtonElement} */ (part(form, "[data-drop-send]")).disabled = isSending;
  if (!isSending) part(form, "[data-drop-progress]").hidden = true;
}

/** Not `fetch`, which says nothing of what is on its way. @param {HTMLFormElement} form */
function send(form) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.onprogress = ({ loaded, total }) => drawProgress(form, Math.floor((100 * loaded) / total));
  request.onload = () => arrived(form, request);
  request.onerror = () => {
    lock(form, false);
    sayUnreachable();
  };
  const fields = new FormData(form);
  lock(form, true);
  drawProgress(form, 0);
  request.send(fields);
}

/** Leads to where the hub led; what it refused is drawn by a form that sends itself. @param {HTMLFormElement} form @param {XMLHttpRequest} request */
function arrived(form, request) {
  if (request.status === 200) return location.assign(request.responseURL);
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const problem = answer.querySelector("[data-problem]");
  lock(form, false);
  document.querySelector("[data-problem]")?.remove();
  const note = document.createElement("p");
  note.className = "note note-refused";
  note.role = "alert";
  note.dataset.problem = "";
  note.tabIndex = -1;
  note.textContent = (problem ?? answer.body).textContent;
  form.before(note);
  note.focus();
}

document.addEventListener("change", ({ target }) => {
  const form = formOf(target);
  if (form) drawFile(form);
});
document.addEventListener("submit", (event) => {
  const form = formOf(event.target);
  if (!form || !fileOf(form)) return;
  event.preventDefault();
  send(form);
});

/** The whole form takes what is dropped, and says so while something hangs over it. @param {DragEvent} event */
function hover(event) {
  const form = formOf(event.target);
  const place = document.querySelector(".drop-place");
  place?.toggleAttribute("data-over", Boolean(form) && event.type === "dragover");
  if (form) event.preventDefault();
}

document.addEventListener("dragover", hover);
document.addEventListener("dragleave", hover);
document.addEventListener("drop", (event) => {
  const form = formOf(event.target);
  hover(event);
  if (!form || !event.dataTransfer?.files.length) return;
  /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files = event.dataTransfer.files;
  drawFile(form);
});

/** A field stands for one column: the last choice takes it from the one before. @param {Event} event */
function choose(event) {
  const chosen = /** @type {HTMLSelectElement} */ (event.target);
  if (!chosen.matches(".column select") || chosen.value === "") return;
  for (const other of /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll(".column select"))) {
    if (other !== chosen && other.value === chosen.value) other.value = "";
  }
}

// Before htmx asks with what was chosen.
document.addEventListener("change", choose, { capture: true });
