/**
 * Scans on a page that takes codes into a form: `data-scan-into="<selector of the field>"` on <main> or on a form, with
 * `data-scan-button` on the button to press. One code at a time: the next one waits until the form came back.
 */

const PATIENCE_MS = 10_000;

/** @type {string[]} */
let line = [];
let isSending = false;

/** @returns {{ field: HTMLInputElement, button: HTMLButtonElement | null } | null} */
function target() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan-into]"));
  const selector = place?.dataset.scanInto ?? "";
  const field = selector === "" ? null : /** @type {HTMLInputElement | null} */ (document.querySelector(selector));
  if (!field?.form) return null;
  return { field, button: field.form.querySelector("button[data-scan-button]") };
}

export const takesScans = () => target() !== null;

/**
 * @param {string} code
 * @param {(code: string) => void} elsewhere takes what is still in line when the page was left
 */
export function scanInto(code, elsewhere) {
  line.push(code);
  sendNext(elsewhere);
}

/** @param {(code: string) => void} elsewhere */
async function sendNext(elsewhere) {
  if (isSending || line.length === 0) return;
  const place = target();
  if (!place) {
    const left = line;
    line = [];
    for (const code of left) elsewhere(code);
    return;
  }
  isSending = true;
  const [code] = line.splice(0, 1);
  place.field.value = code;
  place.field.dispatchEvent(new Event("input", { bubbles: true }));
  const form = /** @type {HTMLFormElement} */ (place.field.form);
  const answered = answerFor(form);
  form.requestSubmit(place.button);
  await answered;
  isSending = false;
  sendNext(elsewhere);
}

/**
 * Resolves when htmx is through with the form (it drops what is sent before that), or after a while when nobody answers.
 * @param {HTMLFormElement} form
 */
function answerFor(form) {
  return new Promise((resolve) => {
    const heard = new AbortController();
    const over = (/** @type {Event} */ event) => {
      if (event instanceof CustomEvent && event.detail?.ctx?.request?.form !== form) return;
      heard.abort();
      resolve(undefined);
    };
    document.addEventListener("htmx:finally:request", over, { signal: heard.signal });
    AbortSignal.timeout(PATIENCE_MS).addEventListener("abort", over, { signal: heard.signal });
  });
}
