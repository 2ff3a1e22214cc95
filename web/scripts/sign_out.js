/** Asks before somebody signs out while work waits on the phone. Either way nothing is lost, and it says so. */

import { stateNow } from "./state.js";

/** @param {string} id */
const sheet = (id) => /** @type {HTMLDialogElement | null} */ (document.getElementById(id));

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLElement} */ (event.target);
  if (!form.matches("[data-sign-out]")) return;
  const waiting = stateNow()?.waiting ?? Number(form.dataset.waiting ?? 0);
  const dialog = sheet("sign-out-sheet");
  if (waiting === 0 || !dialog) return;
  event.preventDefault();
  dialog.showModal();
});
document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-sign-out-stay], [data-sign-out-go]");
  if (!button) return;
  sheet("sign-out-sheet")?.close();
  // `submit()` asks no one again.
  if (button.matches("[data-sign-out-go]")) {
    /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-sign-out]"))?.submit();
  }
});
