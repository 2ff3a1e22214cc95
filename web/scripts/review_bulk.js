/**
 * Several reviews settled at once: cards are ticked, a bar says how many, a sheet shows them once more before the word is
 * given. Each is sent through its own card's form, so a phone keeps it without a network and none is settled twice.
 */

/** @typedef {{ form: HTMLFormElement, title: string, answers: string[] }} Card `answers` are those its form offers */

/**
 * Says one thing of all that can be told it, one after the other.
 * @template {{ title: string, answers: string[] }} One
 * @param {One[]} cards @param {string} answer "yes" or "no" @param {(card: One) => Promise<boolean>} send
 * @returns {Promise<{ settled: number, left: number }>}
 */
export async function settleAll(cards, answer, send) {
  let settled = 0;
  for (const card of cards) if (card.answers.includes(answer) && (await send(card))) settled += 1;
  return { settled, left: cards.length - settled };
}

/** @returns {Card[]} */
function ticked() {
  return [...document.querySelectorAll("[data-review-tick]:checked")].flatMap((tick) => {
    const card = tick.closest(".review");
    const form = card?.querySelector("form");
    if (!card || !form) return [];
    const buttons = /** @type {HTMLButtonElement[]} */ ([...form.querySelectorAll("button[name=accept]")]);
    const title = card.querySelector(".review-title")?.textContent?.trim() ?? "";
    return [{ form, title, answers: buttons.map(({ value }) => value) }];
  });
}

/** @param {string} answer */
const sendAs =
  (answer) =>
  async (/** @type {Card} */ { form }) => {
    const body = new URLSearchParams();
    for (const name of ["operation_id", "review"]) body.set(name, String(new FormData(form).get(name)));
    body.set("accept", answer);
    try {
      const told = await fetch("/reviews", { method: "POST", headers: { "HX-Request": "true" }, body });
      return told.ok && new URL(told.url).pathname === "/reviews";
    } catch (error) {
      // No network, and no worker to keep it: it stays where it is.
      if (error instanceof TypeError) return false;
      throw error;
    }
  };

const sheet = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("review-sheet"));

/** @param {string} id @param {Record<string, number>} words */
function say(id, words) {
  const place = document.getElementById(id);
  if (!place) return;
  place.textContent = (place.dataset.text ?? "").replace(/\{(\w+)\}/g, (_, word) => String(words[word]));
}

function showBar() {
  const bar = document.getElementById("review-bar");
  const count = ticked().length;
  if (bar) bar.hidden = count === 0;
  say("review-count", { count });
}

/** @param {string} answer */
function ask(answer) {
  const fitting = ticked().filter(({ answers }) => answers.includes(answer));
  const rows = fitting.map(({ title }) => {
    const row = document.createElement("li");
    row.textContent = title;
    return row;
  });
  document.getElementById("review-chosen")?.replaceChildren(...rows);
  for (const one of document.querySelectorAll("[data-review-answer]")) {
    /** @type {HTMLElement} */ (one).hidden = one.getAttribute("data-review-answer") !== answer;
  }
  const told = document.getElementById("review-told");
  if (told) told.textContent = "";
  sheet()?.showModal();
}

let isSending = false;

/** @param {string} answer */
async function send(answer) {
  if (isSending) return;
  isSending = true;
  const { settled, left } = await settleAll(ticked(), answer, sendAs(answer));
  isSending = false;
  if (left > 0) say("review-told", { settled, left });
  else location.reload();
}

if (globalThis.document) {
  document.addEventListener("change", ({ target }) => {
    if (/** @type {Element} */ (target).matches("[data-review-tick]")) showBar();
  });
  document.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("[data-review-ask], [data-review-answer], [data-review-no]");
    if (!(button instanceof HTMLButtonElement)) return;
    if (button.dataset.reviewAsk) ask(button.dataset.reviewAsk);
    else if (button.dataset.reviewAnswer) send(button.dataset.reviewAnswer);
    else if (/** @type {HTMLElement} */ (document.getElementById("review-told")).textContent) location.reload();
    else sheet()?.close();
  });
}
