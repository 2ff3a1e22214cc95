/** One line of the device's checkup: a state in a word, a sentence with what to do. */

/** @typedef {"good" | "look" | "bad" | "open"} State */

/** @param {string} name @returns {HTMLElement | null} */
export function lineOf(name) {
  return document.querySelector(`[data-check="${name}"]`);
}

/**
 * @param {string} name of the line
 * @param {State} state
 * @param {string} sentence of the line's data-text attributes
 * @param {Record<string, string | number>} [params]
 * @param {string} [more] a sentence after it, with the same params
 */
export function say(name, state, sentence, params = {}, more = "") {
  const line = lineOf(name);
  const mark = line?.querySelector("[data-check-state]");
  const said = line?.querySelector("[data-check-said]");
  const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-checkup]"))?.dataset;
  if (!line || !mark || !said || !words) return;
  line.dataset.state = state;
  mark.textContent = textIn(words, state);
  const texts = [sentence, more].filter(Boolean).map((one) => textIn(line.dataset, one));
  said.textContent = texts.join(" ").replace(/\{(\w+)\}/g, (whole, field) => String(params[field] ?? whole));
}

/** @param {DOMStringMap} texts @param {string} name `no-end` of `data-text-no-end` */
export function textIn(texts, name) {
  return texts[`text${name.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())}`] ?? "";
}

/** What all lines say, to be sent to somebody who can help. */
export function resultAsText() {
  const lines = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-check]"))].map((line) => {
    const text = (/** @type {string} */ part) => line.querySelector(`[data-check-${part}]`)?.textContent?.trim() ?? "";
    return `${text("name")}: ${text("state")}. ${text("said")}`.trim();
  });
  const screen = `${innerWidth}×${innerHeight} @${devicePixelRatio}`;
  return ["Stockhand", new Date().toISOString(), location.origin, ...lines, screen, navigator.userAgent].join("\n");
}
