/** The big − and + around a quantity. The field alone is enough: these only spare the typing. */

const HOLD_MS = 450;
const REPEAT_MS = 80;
// The largest quantity of one operation.
const MOST = 1_000_000;

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
  if (field) step(field, Number(button.dataset.dialStep));
}

/** The field of a dial itself, not one beside it. @param {EventTarget | null} target */
export function fieldOf(target) {
  const field = /** @type {Element} */ (target)?.closest?.("[data-dial] input");
  return /** @type {HTMLInputElement | null} */ (field ?? null);
}

/** As if so many had been tapped, never below nothing nor beyond what the hub takes. @param {HTMLInputElement} field @param {number} units */
export function step(field, units) {
  const typed = Number.parseInt(field.value.normalize("NFKC"), 10);
  field.value = String(Math.min(MOST, Math.max(0, (Number.isNaN(typed) ? 0 : typed) + units)));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLElement} button */
function repeat(button) {
  hasRepeated = true;
  turn(button);
  held = setTimeout(repeat, REPEAT_MS, button);
}

// What only reads a number is also read where there is no page.
if (globalThis.document) listen();

function listen() {
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
}
