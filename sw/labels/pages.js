/** Labels, from this phone, for its browser to print; twin of `server/labels/pages.py`. */

import { withItem } from "../../sync/draft.js";
import { stripped } from "../../sync/forms.js";
import { pathOf } from "../../sync/label_face.js";
import { drawn, labelsOf, placesOn, queryOf } from "../../sync/labels.js";
import { nameIn, searchAsked } from "../../sync/shelf.js";
import { fieldsOf, frame, rangedItem, readerIn } from "../page_frame.js";
import { itemByCode } from "../scanning/pages.js";

const MOST_FOUND = 8;
const LEAST_LEVEL = 2;

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../../sync/labels.js").Asked} Asked */

/**
 * Null where an item is not on this phone: the hub knows it.
 * @param {View} view @param {import("../surroundings.js").PageRequest} request
 */
export function labelPage(view, request) {
  const { found, asked, problem } = added(view, labelsOf(fieldsOf(request.url)));
  const items = asked.lines.map(({ item }) => rangedItem(view, item));
  if (items.includes(null)) return null;
  const rows = /** @type {any[]} */ (items);
  const around = frame(view, readerIn(view), "stock");
  const may = around.level >= LEAST_LEVEL;
  const shown = may ? asked : { ...asked, lines: [] };
  const laid = drawn(shown, may ? rows : [], shopOf(view, request.url.origin));
  return {
    frame: around,
    may,
    lines: asked.lines.map(({ quantity }, place) => {
      const item = rows[place];
      return { item_id: item.id, name: nameIn(view.locale, item), sku: item.sku, quantity };
    }),
    add: asked.add,
    found,
    paper: asked.paper,
    codes: asked.codes,
    start: asked.start,
    places: placesOn(asked.paper),
    total: laid.total,
    wide: laid.wide,
    high: laid.high,
    faces: laid.faces.map(({ boxes, ...face }, place) => ({
      ...face,
      name: nameIn(view.locale, rows[place]),
      path: pathOf(boxes),
    })),
    sheets: laid.sheets,
    query: queryOf(asked),
    problem: laid.problem ? { code: `label_${laid.problem}`, params: {} } : problem,
  };
}

/** @param {View} view @param {string} hub */
function shopOf(view, hub) {
  const { label_address: address, label_currency: currency } = view.policy;
  return { address: address || hub, currency: currency ?? "", locale: view.locale };
}

/**
 * Puts what `add` names on the list; else items whose names have its words, or that nothing has.
 * @param {View} view @param {Asked} asked
 */
function added(view, asked) {
  if (!stripped(asked.add)) return { found: [], asked, problem: null };
  const item = itemByCode(view, asked.add);
  if (item !== null) {
    return { found: [], asked: { ...asked, lines: withItem(asked.lines, item.id), add: "" }, problem: null };
  }
  const { rows } = view.search(searchAsked(asked.add), 0, MOST_FOUND);
  const found = rows.map((row) => ({ id: row.id, name: nameIn(view.locale, row), sku: row.sku }));
  return { found, asked, problem: found.length > 0 ? null : { code: "code_unknown", params: { code: asked.add } } };
}
