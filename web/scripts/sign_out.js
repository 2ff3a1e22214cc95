/** Asks before somebody signs out while work waits on the phone. Either way nothing is lost, and it says so. */

import { stateNow } from "./state.js";
import { sayUnreachable } from "./toast.js";

/** @param {string} id */
const sheet = (id) => /** @type {HTMLDialogElement | null} */ (document.getElementById(id));

/** Without the hub the browser would put its own error page where the work was. @param {HTMLFormElement} form */
async function signOut(form) {
  const [answer] = await Promise.allSettled([fetch("/healthz", { cache: "no-store" })]);
  if (answer.status === "rejected") return sayUnreachable();
  // `submit()` asks no one again.
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-sign-out]")) return;
  event.preventDefault();
  const waiting = stateNow()?.waiting ?? Number(form.dataset.waiting ?? 0);
  const dialog = sheet("sign-out-sheet");
  if (waiting > 0 && dialog) dialog.showModal();
  else signOut(form);
});
document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-sign-out-stay], [data-sign-out-go]");
  if (!button) return;
  sheet("sign-out-sheet")?.close();
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-sign-out]"));
  if (form && button.matches("[data-sign-out-go]")) signOut(form);
});
