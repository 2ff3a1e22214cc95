/** The big − and + around a quantity. The field alone is enough: these only spare the typing. */

const HOLD_MS = 450;
const REPEAT_MS = 80;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let held;
let hasRepeated = false;

/** @param {EventTarget | null} target */
function stepOf(target) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (target)?.closest?.("[data-dial-step]") ?? null);
}

/** @param {HTMLElement} button */
function turn(button) {
  const field = /** @type {HTMLInputElement | null} */ (button.closest("[data-dial]")?.querySelector("input"));
  if (!field) return;
  const typed = Number.parseInt(field.value.normalize("NFKC"), 10);
  const next = Math.max(0, (Number.isNaN(typed) ? 0 : typed) + Number(button.dataset.dialStep));
  field.value = String(next);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLElement} button */
function repeat(button) {
  hasRepeated = true;
  turn(button);
  held = setTimeout(repeat, REPEAT_MS, button);
}

document.addEventListener("pointerdown", (event) => {
  hasRepeated = false;
  const button = stepOf(event.target);
  if (button && event.button === 0) held = setTimeout(repeat, HOLD_MS, button);
});
for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
  window.addEventListener(end, () => clearTimeout(held));
}
document.addEventListener("contextmenu", (event) => stepOf(event.target) && event.preventDefault());
document.addEventListener("click", (event) => {
  const button = stepOf(event.target);
  if (button && !hasRepeated) turn(button);
  hasRepeated = false;
});
// The done key of a number pad must not book with the first reason it finds.
document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || !field.matches?.("[data-dial] input")) return;
  event.preventDefault();
  field.blur();
});
