/** The lines of a transfer: fill them as announced, take one off, walk through them with the done key. */

/** @param {Element | null} form */
function fill(form) {
  const fields = /** @type {NodeListOf<HTMLInputElement> | undefined} */ (form?.querySelectorAll("[data-fill-with]"));
  for (const field of fields ?? []) {
    field.value = field.dataset.fillWith ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The page is asked again without the line: who can send the rest is another question then. @param {Element} button */
function takeOff(button) {
  const form = button.closest("form");
  button.closest("[data-line]")?.remove();
  form?.requestSubmit(/** @type {HTMLButtonElement | null} */ (form.querySelector("[data-scan-button]")));
}

document.addEventListener("click", ({ target }) => {
  const place = /** @type {Element} */ (target);
  const button = place.closest("[data-fill], [data-line-remove]");
  if (button?.matches("[data-fill]")) fill(button.closest("form"));
  else if (button) takeOff(button);
});
document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || !field.matches?.(".line-field")) return;
  // A number typed into one line must not book all of them.
  event.preventDefault();
  const fields = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".line-field")]);
  const next = fields[fields.indexOf(field) + 1];
  if (next) next.focus();
  else field.blur();
});
