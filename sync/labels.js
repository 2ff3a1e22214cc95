/**
 * Which labels are printed, on which paper, and where each lies on its page; twin of `labels.py`.
 *
 * Lengths are in thirds of a micrometre, 3000 to the millimetre: whole numbers for the dots of printers with 203 dpi
 * (eight to the millimetre, 375) and with 300 dpi (254), so that bars lie on whole dots.
 */

import { draftOf } from "./draft.js";
import { one, stripped, whole } from "./forms.js";
import { faceOf } from "./label_face.js";

/** @typedef {{lines: import("./draft.js").DraftLine[], add: string, paper: string, codes: string, start: number}} Asked */

const HUNDREDTH = 30;
const MOST_LABELS = 1000;
const CODES = ["both", "bars", "qr"];
const [LASER, THERMAL] = [254, 375];
// Sheets of the usual makers on A4 and rolls, in hundredths of a millimetre: the page, columns and rows, one label, how
// far from one to the next, where the first begins, and how much at a label's edges stays empty, for a printer reaches
// neither the edge of its paper nor the same place twice.
/** @type {Record<string, [number, number][]>} */
const SIZES = {
  "a4-3x8": sized([21000, 29700], [3, 8], [7000, 3700], [7000, 3700], [0, 50], [500, 400]),
  "a4-2x7": sized([21000, 29700], [2, 7], [9910, 3810], [10160, 3810], [465, 1515], [300, 250]),
  "a4-4x10": sized([21000, 29700], [4, 10], [4850, 2540], [4850, 2540], [800, 2150], [100, 100]),
  "a4-5x13": sized([21000, 29700], [5, 13], [3810, 2120], [4060, 2120], [475, 1070], [100, 100]),
  "roll-58": sized([5800, 6000], [1, 1], [5800, 6000], [5800, 6000], [0, 0], [500, 300]),
  "roll-80": sized([8000, 5000], [1, 1], [8000, 5000], [8000, 5000], [0, 0], [400, 300]),
};
export const PAPERS = Object.keys(SIZES);

/** @param {[number, number][]} parts */
function sized(...parts) {
  return parts;
}

/**
 * What the address says, quantities as typed. `start` is the first free label of a sheet that was begun, from 1 on; what
 * is no choice there is becomes the first.
 * @param {import("./forms.js").Fields} fields @returns {Asked}
 */
export function labelsOf(fields) {
  const draft = draftOf(fields);
  const wanted = one(fields, "paper");
  const paper = PAPERS.includes(wanted) ? wanted : PAPERS[0];
  const codes = one(fields, "codes");
  const start = whole(one(fields, "start")) || 1;
  return {
    lines: draft.lines,
    add: draft.add,
    paper,
    codes: CODES.includes(codes) ? codes : CODES[0],
    start: 1 <= start && start <= placesOn(paper) ? start : 1,
  };
}

/** How many labels a page has. @param {string} paper */
export function placesOn(paper) {
  const [columns, rows] = SIZES[paper][1];
  return columns * rows;
}

/** How many of one label; an emptied field takes it off. Null for what is no number of labels. @param {string} typed */
export function copiesOf(typed) {
  const number = stripped(typed) ? whole(typed) : 0;
  return number !== null && 0 <= number && number <= MOST_LABELS ? number : null;
}

/**
 * The pages, and one face an item that lies on them again and again.
 *
 * `items` are catalogue rows in the order of the lines. A face is that of `label_face` with the item's `id`; a sheet is a
 * list of `{face, x, y}`, `face` being its place among the faces. `problem` is "" or `copies` (not a number) or `many`;
 * then nothing is laid out.
 * @param {Asked} asked @param {import("./label_face.js").Item[]} items @param {import("./label_face.js").Shop} shop
 */
export function drawn(asked, items, shop) {
  const [page, , label, , , edge] = SIZES[asked.paper];
  const dot = dotOf(asked.paper);
  const inner = [...edge, label[0] - 2 * edge[0], label[1] - 2 * edge[1]].map((length) => HUNDREDTH * length);
  const copies = asked.lines.map((line) => copiesOf(line.quantity));
  const total = copies.reduce((/** @type {number} */ sum, count) => sum + (count ?? 0), 0);
  const tooMany = total > MOST_LABELS ? "many" : "";
  const problem = copies.includes(null) ? "copies" : tooMany;
  const faces = items.map((item) => ({ id: item.id, ...faceOf(item, inner, dot, asked.codes, shop) }));
  const wanted = copies.flatMap((count, place) =>
    problem || faces[place].problem ? [] : /** @type {number[]} */ (new Array(count ?? 0).fill(place)),
  );
  return {
    wide: HUNDREDTH * page[0],
    high: HUNDREDTH * page[1],
    faces,
    sheets: laid(wanted, asked.paper, asked.start),
    total: wanted.length,
    problem,
  };
}

/** The address's query that asks for the same again. @param {Asked} asked */
export function queryOf(asked) {
  const lines = asked.lines.map(({ item, quantity }) => `item=${item}&quantity=${copiesOf(quantity) ?? 0}&`);
  return `${lines.join("")}paper=${asked.paper}&codes=${asked.codes}&start=${asked.start}`;
}

/** @param {number[]} wanted @param {string} paper @param {number} start */
function laid(wanted, paper, start) {
  const [, [columns, rows], , pitch, begin] = SIZES[paper];
  const dot = dotOf(paper);
  const on = (/** @type {number} */ hundredths) => Math.floor((HUNDREDTH * hundredths) / dot) * dot;
  /** @type {{face: number, x: number, y: number}[][]} */
  const sheets = [];
  for (const [number, face] of wanted.entries()) {
    const place = (number + start - 1) % (columns * rows);
    const sheet = Math.floor((number + start - 1) / (columns * rows));
    if (sheet === sheets.length) sheets.push([]);
    const [row, column] = [Math.floor(place / columns), place % columns];
    sheets[sheet].push({ face, x: on(begin[0] + column * pitch[0]), y: on(begin[1] + row * pitch[1]) });
  }
  return sheets;
}

/** @param {string} paper */
function dotOf(paper) {
  return paper.startsWith("roll") ? THERMAL : LASER;
}
