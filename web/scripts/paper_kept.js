/** What was counted on the lines of a paper, kept until it is booked: a page that is loaded anew begins where it was. */

const KEPT = "paper-counted";
const PAPER = "form[data-scan-paper]";

/** @param {HTMLFormElement} paper */
function fieldsOf(paper) {
  return /** @type {HTMLInputElement[]} */ ([...paper.querySelectorAll(".line-field")]);
}

/** The same person, paper and step, with the same things left to do. @param {HTMLFormElement} paper */
function nameOf(paper) {
  const left = fieldsOf(paper).map((field) => field.dataset.fillWith ?? "");
  return [document.body.dataset.person, paper.getAttribute("action"), paper.dataset.scanPaper, ...left].join(" ");
}

/** @param {Event} event */
function keep({ target }) {
  const paper = /** @type {HTMLFormElement | null} */ (/** @type {Element} */ (target).closest?.(PAPER) ?? null);
  if (!paper) return;
  const typed = fieldsOf(paper).map(({ value }) => value);
  sessionStorage.setItem(KEPT, JSON.stringify({ name: nameOf(paper), typed }));
}

/** @type {WeakSet<Element>} */
const taken = new WeakSet();

/** Fills the fields of a paper that has just come, those that are still empty. */
export function takeUpPaper() {
  const paper = /** @type {HTMLFormElement | null} */ (document.querySelector(PAPER));
  if (!paper || taken.has(paper)) return;
  taken.add(paper);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept?.name !== nameOf(paper)) return;
  for (const [place, field] of fieldsOf(paper).entries()) if (field.value === "") field.value = kept.typed[place] ?? "";
}

document.addEventListener("input", keep);
