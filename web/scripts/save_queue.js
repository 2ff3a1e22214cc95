/** Saves what waits on this phone as a file. The worker writes it; without one nothing waits here. */

import { sayUnreachable } from "./toast.js";

// A browser reads the file from the address after the click has returned.
const READ_WITHIN_MS = 60_000;

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-save-queue]") : null;
  if (!(button instanceof HTMLElement)) return;
  // A list with somebody in it is left alone; this one shall go when its work is sent.
  button.blur();
  save(button.dataset.saveQueue ?? "").then(undefined, sayUnreachable);
});

/** @param {string} name */
async function save(name) {
  const answer = await fetch("/outbox/queue.json");
  if (!answer.ok) throw new Error(`The queue could not be read: ${answer.status}.`);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READ_WITHIN_MS);
}
