/**
 * What one label shows and where: its bars, its QR code, its words; twin of `label_face.py`.
 *
 * Lengths are in thirds of a micrometre, 3000 to the millimetre. The smallest modules are those of the GS1 General
 * Specifications: 0.249 mm for bars that are printed on demand (75.5 % of the nominal size), 0.396 mm for a QR code.
 */

import { formatMoney } from "./formats.js";
import { line, MM, wordsOn } from "./label_text.js";
import { qrRows } from "./qr.js";
import { nameIn, otherNameIn } from "./shelf.js";
import { barsOf, codeOf, modulesIn } from "./symbols.js";

/** @typedef {import("./label_text.js").Box} Box */
/** @typedef {import("./label_text.js").Line} Line */
/** @typedef {import("./label_text.js").Words} Words */
/** @typedef {{address: string, currency: string, locale: string}} Shop */
/** @typedef {{id: number, sku: string, name_en: string, name_zh: string, brand: string, unit: string, price_cents: number, gtins: string[]}} Item */
/** @typedef {{problem: string, format: string, text: string, link: string, boxes: Box[], texts: Line[]}} Face */

const [LEAST_BAR, MOST_BAR] = [747, 1270];
const [LEAST_DOT, MOST_DOT] = [1188, 1800];
const [LOWEST_BARS, HIGHEST_BARS, DIGITS] = [7 * MM, 15 * MM, 9_000];
// From this height on the QR code stands above the bars, else beside them.
const TALL = 27 * MM;
const QUIET_DOTS = 4;
/** @type {Record<string, string>} */
const UNITS = { each: "", g: "/kg", ml: "/l" };

/**
 * An item on a label whose printable part is `inner`. `boxes` are dark. With a problem nothing is drawn: `letters`,
 * `no_gtin`, `address`, `bars`, `qr` or `both`, what does not fit or cannot be made.
 * @param {Item} item @param {number[]} inner x, y, wide, high @param {number} dot @param {string} codes @param {Shop} shop
 * @returns {Face}
 */
export function faceOf(item, inner, dot, codes, shop) {
  const code = codeOf(item.sku, item.gtins);
  const link = code?.gtin && codes !== "bars" ? `${shop.address}/01/${code.gtin}` : "";
  const format = code && codes !== "qr" ? code.format : "";
  const face = { problem: "", format, link, text: code?.text ?? "", boxes: [], texts: [] };
  if (code === null) return { ...face, problem: "letters" };
  if (codes === "qr" && !link) return { ...face, problem: "no_gtin" };
  const rows = link ? qrRows(link) : [];
  if (rows === null) return { ...face, problem: "address" };
  return { ...face, ...arranged(codes === "qr" ? null : code, rows, inner, dot, wordsOf(item, shop)) };
}

/** Both names, the reader's first; no price where none is known. @param {Item} item @param {Shop} shop @returns {Words} */
export function wordsOf(item, shop) {
  const cents = item.price_cents;
  return {
    name: nameIn(shop.locale, item),
    other: otherNameIn(shop.locale, item),
    price: cents ? formatMoney(cents, shop.currency) + UNITS[item.unit] : "",
    meta: item.brand ? `${item.brand} · ${item.sku}` : item.sku,
  };
}

/**
 * @param {import("./symbols.js").Code | null} code @param {string[]} rows @param {number[]} inner @param {number} dot
 * @param {Words} words @returns {Partial<Face>}
 */
function arranged(code, rows, [x, y, wide, high], dot, words) {
  const isTall = high >= TALL;
  const beneath = code && isTall ? LOWEST_BARS + DIGITS : 0;
  // Words need some room beside a QR code that stands above or alone, and above one that stands beside bars.
  const room = isTall || !code ? Math.min(wide - 15 * MM, high - beneath) : high - 5 * MM;
  const dots = rows.length + 2 * QUIET_DOTS;
  const module = largest(dots, room, dot, LEAST_DOT, isTall ? MOST_DOT : LEAST_DOT + dot - 1);
  const side = rows.length > 0 ? dots * module : 0;
  if (rows.length > 0 && module === 0) return { problem: "qr" };
  if (code === null) {
    const boxes = qrBoxes(rows, on(x + wide - side, dot), on(y, dot), module);
    return { boxes, texts: shown([x, y, wide - side, high], words) };
  }
  const modules = modulesIn(code.widths) + code.quiet[0] + code.quiet[1];
  const bar = largest(modules, isTall ? wide : wide - side, dot, LEAST_BAR, MOST_BAR);
  if (bar === 0) return { problem: largest(modules, wide, dot, LEAST_BAR, MOST_BAR) > 0 ? "both" : "bars" };
  const besideTop = rows.length > 0 ? high - side : 6_600 * 3;
  const top = isTall ? Math.max(side, 13 * MM) : besideTop;
  const band = Math.min(high - top, HIGHEST_BARS + DIGITS);
  if (band < LOWEST_BARS + DIGITS) return { problem: "both" };
  const start = on(x, dot) + code.quiet[0] * bar;
  const qrTop = isTall ? y : y + high - side;
  const middle = start + Math.floor((modulesIn(code.widths) * bar) / 2);
  const digits = line(middle, y + high - 1_500, 7_200, code.text, "middle");
  return {
    boxes: [
      ...barBoxes(code.widths, start, y + high - DIGITS, bar, band - DIGITS),
      ...qrBoxes(rows, on(x + wide - side, dot), on(qrTop, dot), module),
    ],
    texts: [...shown([x, y, isTall ? wide - side : wide, high - band], words), digits],
  };
}

/** @param {string} widths @param {number} start @param {number} foot @param {number} bar @param {number} tall @returns {Box[]} */
function barBoxes(widths, start, foot, bar, tall) {
  return barsOf(widths).map(([at, width]) => [start + at * bar, foot - tall, width * bar, tall]);
}

/** @param {Box} box @param {Words} words */
function shown(box, words) {
  return wordsOn(box, words).filter(({ text }) => text !== "");
}

/**
 * The largest module of whole dots with which so many fit into the room; 0 where not even the least does.
 * @param {number} modules @param {number} room @param {number} dot @param {number} least @param {number} most
 */
function largest(modules, room, dot, least, most) {
  const dots = Math.min(Math.floor(room / (modules * dot)), Math.floor(most / dot));
  return dots * dot >= least ? dots * dot : 0;
}

/** @param {number} length @param {number} dot */
function on(length, dot) {
  return Math.floor(length / dot) * dot;
}

/**
 * The dark parts of a QR code whose quiet zone begins at `(x, y)`, one box for neighbours in a row.
 * @param {string[]} rows @param {number} x @param {number} y @param {number} module @returns {Box[]}
 */
export function qrBoxes(rows, x, y, module) {
  return rows.flatMap((row, down) =>
    [...row.matchAll(/1+/g)].map((run) => {
      const left = x + (QUIET_DOTS + run.index) * module;
      return /** @type {Box} */ ([left, y + (QUIET_DOTS + down) * module, run[0].length * module, module]);
    }),
  );
}

/** The boxes as the one path of an SVG. @param {Box[]} boxes */
export function pathOf(boxes) {
  return boxes.map(([x, y, wide, high]) => `M${x} ${y}h${wide}v${high}h-${wide}z`).join("");
}
