/** What was typed into a step survives a reload of this tab, until it is sent; passwords are never kept. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
const KEPT_TYPES = new Set(["text", "search", "tel", "email"]);

/** @param {HTMLFormElement} typed */
function fields(typed) {
  return /** @type {HTMLInputElement[]} */ ([...typed.elements]).filter((one) => KEPT_TYPES.has(one.type) && one.name);
}

/** @param {HTMLFormElement} typed */
function keep(typed) {
  const values = fields(typed).map((one) => one.value);
  sessionStorage.setItem(`setup-${typed.dataset.draft}`, JSON.stringify(values));
}

/** Only into a page nobody has typed on: what the hub gave back is newer. @param {HTMLFormElement} typed */
function giveBack(typed) {
  const kept = sessionStorage.getItem(`setup-${typed.dataset.draft}`);
  const empty = fields(typed);
  if (kept === null || empty.some((one) => one.value !== one.defaultValue) || document.querySelector("[data-problem]"))
    return;
  for (const [place, value] of JSON.parse(kept).entries()) {
    if (empty[place] && value) empty[place].value = value;
  }
}

if (form) {
  giveBack(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => sessionStorage.removeItem(`setup-${form.dataset.draft}`));
}
