/** The scan page, from this phone; twin of `server/scanning/pages.py`. */

import { one, stripped } from "../../sync/forms.js";
import { ssccOf, whatIs } from "../../sync/gs1.js";
import { sought } from "../../sync/gs1_measures.js";
import { elsewhere } from "../../sync/shelf.js";
import { cardOf, toldHere } from "../catalogue/pages.js";
import { warned } from "../lots/pages.js";
import { fieldsOf, frame, offersKnown, rangedItem, readerIn } from "../page_frame.js";
import { numberedRows, parcelRows } from "../transfers/pages.js";
import { timesKept } from "../unknown_codes/kept.js";

const BEST_OTHERS = 3;

/** @param {import("../view.js").View} view @param {import("../surroundings.js").PageRequest} request */
export function homePage(view, request) {
  const reader = readerIn(view);
  const code = one(fieldsOf(request.url), "code");
  const item = stripped(code) ? itemByCode(view, code) : null;
  const told = toldHere(view, code);
  const parcel = item ? "" : (ssccOf(code) ?? "");
  const papers = item ? [] : papersBy(view, reader, code, parcel);
  return {
    frame: frame(view, reader, "scan"),
    code,
    outcome: stripped(code) ? outcomeOf(item !== null, papers.length > 0) : "",
    card: item && cardOf(view, reader, item),
    told,
    query: told ? `?code=${encodeURIComponent(code)}` : "",
    elsewhere: item ? elsewhere(offersKnown(view, item.id), reader.locale, view.safety).slice(0, BEST_OTHERS) : [],
    coming: item ? view.stockComing().length : 0,
    kept: stripped(code) && !item && papers.length === 0 ? timesKept(view, code) : 0,
    papers,
    ...warned(view, item?.id ?? 0, item && told, request.mint),
    parcel,
  };
}

/** @param {import("../view.js").View} view @param {import("../../sync/roles.js").Reader} reader @param {string} code @param {string} parcel */
function papersBy(view, reader, code, parcel) {
  return parcel ? parcelRows(view, reader, parcel) : numberedRows(view, reader, code);
}

/** @param {boolean} isItem @param {boolean} isPaper */
function outcomeOf(isItem, isPaper) {
  if (isItem) return "found";
  return isPaper ? "paper" : "unknown";
}

/** The item of the person's store with this barcode or SKU. @param {import("../view.js").View} view @param {string} code */
export function itemByCode(view, code) {
  const { gtin, text } = whatIs(code);
  const coded = gtin ? sought(gtin).map((one) => view.itemByGtin(one)) : [];
  const item = coded.find((one) => one && view.rangedHere(one.id)) ?? view.itemBySku(text);
  // What was merged into another item leads there.
  return item && rangedItem(view, item.into ?? item.id);
}
