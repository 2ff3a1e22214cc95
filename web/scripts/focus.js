/** After a swap the reader stands where it matters: at what is wrong, else at the head of the new page. */

/** @param {Event} event */
function lead(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail ?? {};
  if (ctx?.target !== document.body) return;
  document.documentElement.lang = document.body.lang;
  // To take the focus, the browser works out the look of the whole page: after all else that belongs to the swap.
  queueMicrotask(stand);
}

function stand() {
  const problem = /** @type {HTMLElement | null} */ (document.querySelector("[data-problem]"));
  if (problem) {
    problem.focus({ preventScroll: true });
    problem.scrollIntoView({ block: "center" });
  } else if (document.activeElement === document.body) {
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

/** A form answered at its own address is the same place: it adds nothing to go back to. @param {Event} event */
function stay(event) {
  const { history: step } = /** @type {CustomEvent} */ (event).detail ?? {};
  if (step?.type === "push" && step.path === location.pathname + location.search) step.type = "replace";
}

document.addEventListener("htmx:after:swap", lead);
document.addEventListener("htmx:before:history:update", stay);
