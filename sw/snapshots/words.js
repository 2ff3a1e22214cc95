/** Columns of texts as a snapshot packs them: each text is the numbers of its words. */

import { readEach } from "./numbers.js";

/** @typedef {import("./numbers.js").Streams} Streams */
/** @typedef {import("./numbers.js").NumbersSpec} NumbersSpec */
/**
 * Word `i` is `text.slice(at[i], at[i + 1] - 1)`: a space stands between the words and nowhere else.
 * @typedef {{count: number, text: string, at: Uint32Array}} Words
 */
/**
 * Text `i` is the words `words[at[i]]` to `words[at[i + 1] - 1]`, with a space between them. Numbers below the count of
 * the shared words are those, the others follow on in the piece's own.
 * @typedef {{at: Uint32Array, words: Uint32Array}} Texts
 */
/** @typedef {{n: number, counts: NumbersSpec, words: NumbersSpec}} TextsSpec */

// A word may begin with the mark that other readers take for a sign of the encoding.
const reader = new TextDecoder("utf-8", { ignoreBOM: true });

/** @type {Words} */
export const NO_WORDS = { count: 0, text: "", at: new Uint32Array(1) };

/** @param {{n: number, text: number}} spec @param {Streams} streams @returns {Words} */
export function readWords(spec, streams) {
  const text = reader.decode(streams.plain(spec.text));
  const at = new Uint32Array(spec.n + 1);
  for (let i = 1; i < spec.n; i++) at[i] = text.indexOf(" ", at[i - 1]) + 1;
  if (spec.n > 0) at[spec.n] = text.length + 1;
  return { count: spec.n, text, at };
}

/**
 * Reads the texts of one piece, column by column.
 * @param {Words} shared
 */
export function textReader(shared) {
  let own = shared.count;
  /** @param {TextsSpec} spec @param {Streams} streams @returns {Texts} */
  return (spec, streams) => {
    const counts = readEach(spec.counts, streams);
    const at = new Uint32Array(spec.n + 1);
    for (let i = 0; i < spec.n; i++) at[i + 1] = at[i] + counts[i];
    const numbers = readEach(spec.words, streams);
    const words = new Uint32Array(numbers.length);
    for (let i = 0; i < words.length; i++) words[i] = numbers[i] === 0 ? own++ : numbers[i] - 1;
    return { at, words };
  };
}

/** @param {Words} words @param {number} index */
export function wordAt({ text, at }, index) {
  return text.slice(at[index], at[index + 1] - 1);
}

/**
 * @param {Texts} texts @param {number} index @param {Words} shared @param {Words} own
 */
export function textAt({ at, words }, index, shared, own) {
  const end = at[index + 1];
  let text = "";
  for (let i = at[index]; i < end; i++) {
    const word = words[i];
    if (i > at[index]) text += " ";
    text += word < shared.count ? wordAt(shared, word) : wordAt(own, word - shared.count);
  }
  return text;
}
