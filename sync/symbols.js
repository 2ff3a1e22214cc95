/**
 * The dark and light stripes of a printed code, in modules; twin of `symbols.py`.
 *
 * A pattern is the widths of bars and spaces in turn, the first a bar, as the GS1 General Specifications (EAN/UPC) and
 * ISO/IEC 15417 (Code 128) draw them. Quiet zones stand beside it: `quiet` is how many modules stay light left and right.
 */

/** @typedef {{format: string, text: string, gtin: string, widths: string, quiet: number[]}} Code */

// Widths of space, bar, space, bar of the digits 0 to 9 in the left half; in the right half the colours change places.
const DIGITS = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
// Which of the six digits at the left are drawn backwards (1): so they carry the first digit, which is not drawn.
const FIRST = ["000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010"];
const CODE_128 =
  "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211" +
  "221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113" +
  "132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121" +
  "312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211" +
  "221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141" +
  "114113114311411113411311113141114131311141411131211412211214211232";
const STOP = "2331112";
const [TO_C, TO_B, FNC1, START_B, START_C] = [99, 100, 102, 104, 105];

/**
 * The code that an item carries on its label; null where a SKU without a GTIN has letters that Code 128 cannot carry.
 *
 * A GTIN of 14 digits is drawn as what it is: EAN-8, UPC-A, EAN-13, of several the lowest; only a case code (its first
 * digit is not 0) becomes GS1-128. `gtin` is "" where there is none and the SKU is drawn.
 * @param {string} sku @param {string[]} gtins @returns {Code | null}
 */
export function codeOf(sku, gtins) {
  if (gtins.length === 0) {
    const widths = code128(sku);
    return widths === null ? null : { format: "Code 128", text: sku, gtin: "", widths, quiet: [10, 10] };
  }
  const rank = (/** @type {string} */ gtin) => (gtin.startsWith("0") ? "0" : "1") + gtin;
  const [gtin] = [...gtins].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  if (!gtin.startsWith("0")) {
    return { format: "GS1-128", text: `(01)${gtin}`, gtin, widths: gs1128(`01${gtin}`), quiet: [10, 10] };
  }
  if (gtin.startsWith("000000")) {
    return { format: "EAN-8", text: gtin.slice(6), gtin, widths: ean8(gtin.slice(6)), quiet: [7, 7] };
  }
  const widths = ean13(gtin.slice(1));
  if (gtin.startsWith("00")) return { format: "UPC-A", text: gtin.slice(2), gtin, widths, quiet: [9, 9] };
  return { format: "EAN-13", text: gtin.slice(1), gtin, widths, quiet: [11, 7] };
}

/** Of 13 digits; a UPC-A is drawn as the EAN-13 that begins with 0. @param {string} digits */
export function ean13(digits) {
  const backwards = FIRST[Number(digits[0])];
  let left = "";
  for (let place = 0; place < 6; place++) {
    const drawn = DIGITS[Number(digits[place + 1])];
    left += backwards[place] === "1" ? [...drawn].reverse().join("") : drawn;
  }
  return `111${left}11111${right(digits.slice(7))}111`;
}

/** Of 8 digits. @param {string} digits */
export function ean8(digits) {
  return `111${right(digits.slice(0, 4))}11111${right(digits.slice(4))}111`;
}

/**
 * Of printable ASCII, pairs of digits in one symbol where that is shorter; null for any other text.
 * @param {string} text
 */
export function code128(text) {
  if (text === "" || [...text].some((letter) => letter < " " || letter > "~")) return null;
  /** @type {number[]} */
  const values = [];
  let inPairs = false;
  let place = 0;
  while (place < text.length) {
    const run = digitsFrom(text, place);
    // A change of the set costs a symbol: worth it from four digits at an end, from six in the middle.
    const isLong = run >= (place === 0 || place + run === text.length ? 4 : 6);
    if (inPairs && run < 2) {
      values.push(TO_B);
      inPairs = false;
    } else if (!inPairs && isLong && run % 2 === 0) {
      values.push(values.length === 0 ? START_C : TO_C);
      inPairs = true;
    } else if (values.length === 0) values.push(START_B);
    values.push(inPairs ? Number(text.slice(place, place + 2)) : text.charCodeAt(place) - 32);
    place += inPairs ? 2 : 1;
  }
  return drawn(values);
}

/** An application identifier and its value, all of them digits and even in number: 01 and a GTIN, 00 and an SSCC. @param {string} element */
export function gs1128(element) {
  const pairs = [...element.matchAll(/../g)].map(([pair]) => Number(pair));
  return drawn([START_C, FNC1, ...pairs]);
}

/** The bars as `[where it begins, how wide]`, in modules from the first. @param {string} widths */
export function barsOf(widths) {
  const bars = [];
  let at = 0;
  for (const [place, width] of [...widths].entries()) {
    if (place % 2 === 0) bars.push([at, Number(width)]);
    at += Number(width);
  }
  return bars;
}

/** @param {string} widths */
export function modulesIn(widths) {
  return [...widths].reduce((sum, width) => sum + Number(width), 0);
}

/** @param {string} digits */
function right(digits) {
  return [...digits].map((digit) => DIGITS[Number(digit)]).join("");
}

/** @param {string} text @param {number} place */
function digitsFrom(text, place) {
  let end = place;
  while (end < text.length && text[end] >= "0" && text[end] <= "9") end += 1;
  return end - place;
}

/** @param {number[]} values */
function drawn(values) {
  const check = values.reduce((sum, value, place) => sum + value * Math.max(place, 1), 0) % 103;
  return [...values, check].map((value) => CODE_128.slice(6 * value, 6 * value + 6)).join("") + STOP;
}
