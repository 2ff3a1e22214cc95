/** Columns of texts: UTF-8 one after the other, read one by one when somebody looks. */

/** `ends[row]` is where the text of a row ends; null where all are empty. @typedef {{ends: Uint32Array, bytes: Uint8Array} | null} Texts */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts with lone surrogates do not survive. @param {string[]} texts @returns {Texts} */
export function textsOf(texts) {
  const bytes = encoder.encode(texts.join(""));
  if (bytes.length === 0) return null;
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (let row = 0; row < texts.length; row += 1) {
    end += widthOf(texts[row]);
    ends[row] = end;
  }
  return { ends, bytes };
}

/** @param {Texts} texts @param {number} row */
export function textAt(texts, row) {
  if (texts === null) return "";
  const start = row > 0 ? texts.ends[row - 1] : 0;
  const end = texts.ends[row];
  return start === end ? "" : decoder.decode(texts.bytes.subarray(start, end));
}

/** @param {Texts} texts @param {number} row where its bytes begin and end @returns {[number, number]} */
export function spanOf(texts, row) {
  if (texts === null) return [0, 0];
  return [row > 0 ? texts.ends[row - 1] : 0, texts.ends[row]];
}

/** How many bytes a text takes. @param {string} text */
function widthOf(text) {
  let width = text.length;
  for (let place = 0; place < text.length; place += 1) {
    const unit = text.charCodeAt(place);
    if (unit < 0x80) continue;
    width += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return width;
}
