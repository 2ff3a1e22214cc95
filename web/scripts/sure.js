/** What is critical is asked about once more: more than the book has, or more than one may adjust alone. */

/**
 * @param {{ isOut: boolean, quantity: number, onHand: number | null, limit: number }} meant `onHand` is null where the
 *   reader must not know it
 * @returns {("below" | "limit")[]} what there is to be sure of
 */
export function doubts({ isOut, quantity, onHand, limit }) {
  const found = /** @type {("below" | "limit")[]} */ ([]);
  if (isOut && onHand !== null && quantity > Math.max(onHand, 0)) found.push("below");
  if (quantity > limit) found.push("limit");
  return found;
}

/** @param {HTMLFormElement} form */
function doubtsOf(form) {
  const { limit = "", onHand = "" } = form.dataset;
  const fields = new FormData(form);
  const typed = String(fields.get("quantity") ?? "").normalize("NFKC");
  // What is no number, or more than anybody takes at once, is said by whoever reads the form.
  if (!/^\s*\d{1,6}\s*$/.test(typed)) return [];
  const isOut = fields.get("direction") !== "in";
  return doubts({
    isOut,
    quantity: Number(typed),
    onHand: onHand === "" ? null : Number(onHand),
    limit: Number(limit),
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter @param {string[]} found */
function ask(form, submitter, found) {
  const sheet = /** @type {HTMLDialogElement} */ (document.getElementById("sure"));
  const typed = String(new FormData(form).get("quantity")).normalize("NFKC").trim();
  for (const about of /** @type {NodeListOf<HTMLElement>} */ (sheet.querySelectorAll("[data-sure-about]"))) {
    about.hidden = !found.includes(about.dataset.sureAbout ?? "");
    about.textContent = (about.dataset.text ?? "").replace("{count}", typed);
  }
  sheet.onclose = () => {
    if (sheet.returnValue !== "yes") return;
    form.dataset.isSure = "";
    form.requestSubmit(submitter);
  };
  sheet.returnValue = "";
  sheet.showModal();
}

/** @param {SubmitEvent} event */
function listen(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches?.("[data-sure]")) return;
  const isSure = "isSure" in form.dataset;
  delete form.dataset.isSure;
  // The done key of a keyboard names no reason, and books nothing.
  const found = isSure || !event.submitter?.getAttribute("name") ? [] : doubtsOf(form);
  if (found.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter, found);
}

if (globalThis.document) document.addEventListener("submit", listen, { capture: true });
