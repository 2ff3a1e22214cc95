/**
 * How the words of a label are fitted into their place; twin of `label_text.py`.
 *
 * No end can ask a printer for the width of its letters, so it is estimated, a little too wide: a name is rather cut
 * short than printed over its neighbour.
 */

/** @typedef {{x: number, y: number, size: number, text: string, anchor: string, strong: boolean}} Line */
/** @typedef {{name: string, other: string, price: string, meta: string}} Words */
/** @typedef {[number, number, number, number]} Box x, y, wide, high */

export const MM = 3000;
const NARROW = new Set("iljtfrI.,:;'|!()[]/ ");
const WIDE = new Set("mwMW@%&—…");

/** About how wide a line is whose letters are `size` high. @param {string} text @param {number} size */
export function widthOf(text, size) {
  let thousandths = 0;
  for (const letter of text) thousandths += advance(letter);
  return Math.floor((thousandths * size) / 1000);
}

/** The text, or as much of it as fits, with an ellipsis. @param {string} text @param {number} size @param {number} width */
export function clipped(text, size, width) {
  if (widthOf(text, size) <= width) return text;
  const kept = [...text];
  while (kept.length > 0 && widthOf(kept.join(""), size) + size > width) kept.pop();
  return kept.length > 0 ? `${kept.join("").replace(/ +$/, "")}…` : "";
}

/**
 * At most so many lines; broken at a space, or between letters where there is none.
 * @param {string} text @param {number} size @param {number} width @param {number} lines
 */
export function wrapped(text, size, width, lines) {
  let rest = [...text.replace(/^ +| +$/g, "")];
  const done = [];
  while (rest.length > 0 && done.length < lines - 1 && widthOf(rest.join(""), size) > width) {
    let fits = rest.length;
    while (fits > 0 && widthOf(rest.slice(0, fits).join(""), size) > width) fits -= 1;
    let space = fits;
    while (space > 0 && rest[space] !== " ") space -= 1;
    const end = space * 2 > fits ? space : Math.max(fits, 1);
    done.push(rest.slice(0, end).join("").replace(/ +$/, ""));
    rest = [...rest.slice(end).join("").replace(/^ +/, "")];
  }
  return rest.length > 0 ? [...done, clipped(rest.join(""), size, width)] : done;
}

/** What stands in a box of a label, empty ones left out. @param {Box} box @param {Words} words @returns {Line[]} */
export function wordsOn(box, words) {
  const high = box[3];
  if (high >= 16 * MM) return tall(box, words);
  return high >= 9 * MM ? middling(box, words) : flat(box, words);
}

/**
 * One line of a label; `y` is where its letters stand, `anchor` which end of it `x` is. The line itself is told in
 * hundredths of a millimetre: browsers draw no letter of more than 10,000 units.
 * @param {number} x @param {number} y @param {number} size @param {string} text @param {string} anchor
 * @param {boolean} strong @returns {Line}
 */
export function line(x, y, size, text, anchor = "start", strong = false) {
  const hundredths = (/** @type {number} */ length) => Math.floor(length / 30);
  return { x: hundredths(x), y: hundredths(y), size: hundredths(size), text, anchor, strong };
}

/** @param {Box} box @param {Words} words @returns {Line[]} */
function tall([x, top, wide, high], words) {
  const [name, small, price] = [10_800, 8_100, 16_200];
  const drawn = [];
  let y = top;
  for (const text of wrapped(words.name, name, wide, 1 + Number(high >= 20 * MM) + Number(high >= 30 * MM))) {
    y += name;
    drawn.push(line(x, y, name, text, "start", true));
    y += 1_200;
  }
  if (words.other) {
    y += small;
    drawn.push(line(x, y, small, clipped(words.other, small, wide)));
  }
  const foot = top + high;
  const meta = line(x, foot - 2_400, 6_600, clipped(words.meta, 6_600, wide));
  return [...drawn, line(x, foot - 10_800, price, clipped(words.price, price, wide), "start", true), meta];
}

/** @param {Box} box @param {Words} words @returns {Line[]} */
function middling([x, y, wide, high], words) {
  const [name, small, price, foot] = [8_400, 6_900, 12_600, y + high - 2_400];
  const aside = words.price ? widthOf(words.price, price) + 2_400 : 0;
  const meta = clipped(words.meta, 6_000, wide - aside);
  return [
    line(x, y + name, name, clipped(words.name, name, wide), "start", true),
    line(x, y + name + small + 900, small, clipped(words.other, small, wide)),
    line(x, foot, price, words.price, "start", true),
    line(x + aside, foot, 6_000, meta),
  ];
}

/** @param {Box} box @param {Words} words @returns {Line[]} */
function flat([x, y, wide, high], words) {
  const [name, small, price] = [6_900, 5_400, 8_400];
  const aside = words.price ? widthOf(words.price, price) + 1_500 : 0;
  const second = widthOf(words.meta, small) + 1_500;
  return [
    line(x, y + price, name, clipped(words.name, name, wide - aside), "start", true),
    line(x + wide, y + price, price, words.price, "end", true),
    line(x, y + high - 2_100, small, clipped(words.other, small, wide - second)),
    line(x + wide, y + high - 2_100, small, clipped(words.meta, small, wide), "end"),
  ];
}

/** Thousandths of the letter's size. From U+1100 on letters may be as wide as they are high. @param {string} letter */
function advance(letter) {
  if (letter >= "\u1100") return 1000;
  if (NARROW.has(letter)) return 380;
  if (WIDE.has(letter)) return 1000;
  return letter >= "A" && letter <= "Z" ? 720 : 610;
}
