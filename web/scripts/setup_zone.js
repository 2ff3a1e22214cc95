/** The store's clock is most likely the one of the browser that stands in it. */

const zones = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-zone-guess]"));
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
if (zones && zones.value === "" && [...zones.options].some((one) => one.value === timeZone)) {
  zones.value = timeZone;
  const hint = /** @type {HTMLElement | null} */ (document.querySelector("[data-zone-guessed]"));
  if (hint) hint.hidden = false;
}
