/** The number beside a scanned item: a tap opens a dial, and what it shows is kept as it is turned or typed. */

const MOST = 9_999;
const WHOLE = /^[0-9]{1,4}$/;

/**
 * @typedef {{ entries(): { id: number, times: number }[], setTimes(id: number, times: number): void }} Counted
 */

/**
 * @param {Counted} list
 * @param {() => void} keep
 * @param {(isRight: boolean) => void} say whether what was typed is a number of things
 * @param {AbortSignal} signal
 */
export function listenToAmounts(list, keep, say, signal) {
  /** @param {EventTarget | null} target */
  const placeOf = (target) => {
    const row = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target)?.closest?.("[data-scan]") ?? null);
    const entry = list.entries().find(({ id }) => String(id) === row?.dataset.scan);
    return row && entry ? { row, entry } : null;
  };
  /** @param {EventTarget | null} target @param {boolean} isOver whether nought is meant, and not on the way to twenty */
  const take = (target, isOver) => {
    const place = placeOf(target);
    const field = place?.row.querySelector("input");
    if (!place || !field) return;
    const times = amountIn(field.value);
    field.setAttribute("aria-invalid", String(times === null));
    say(times !== null);
    if (times === null || (times === 0 && !isOver) || times === place.entry.times) return;
    list.setTimes(place.entry.id, times);
    keep();
  };
  const click = (/** @type {Event} */ event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-scan-amount]");
    const place = button && placeOf(button);
    if (place) open(place.row, place.entry.times);
  };
  const left = (/** @type {FocusEvent} */ event) => {
    const dial = /** @type {Element} */ (event.target).closest(".scan-dial");
    if (!dial || dial.contains(/** @type {Node | null} */ (event.relatedTarget))) return;
    take(dial, true);
    say(true);
    dial.remove();
  };
  document.addEventListener("click", click, { signal });
  document.addEventListener("input", ({ target }) => take(target, false), { signal });
  document.addEventListener("focusout", left, { signal });
}

/** Null for what is no number of things: it is said, and changes nothing. @param {string} typed */
export function amountIn(typed) {
  const text = typed.normalize("NFKC").trim();
  return WHOLE.test(text) && Number(text) <= MOST ? Number(text) : null;
}

/** @param {HTMLElement} row @param {number} times */
function open(row, times) {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("scan-dial"));
  if (!template || row.querySelector(".scan-dial")) return;
  row.append(document.importNode(template.content, true));
  const field = /** @type {HTMLInputElement} */ (row.querySelector(".scan-dial input"));
  field.value = String(times);
  field.focus();
  field.select();
}
