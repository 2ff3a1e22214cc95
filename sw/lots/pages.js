/** What expires, from this phone; twin of `server/lots/pages.py`. */

import { expiring, firstOut } from "../../sync/lots.js";
import { nameIn } from "../../sync/shelf.js";
import { mayAct } from "../catalogue/pages.js";
import { frame, rangedItem, readerIn } from "../page_frame.js";
import { daysOf, lotsHere, shownToday } from "./kept.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../surroundings.js").PageRequest} PageRequest */

/** @param {View} view @param {PageRequest} request */
export function expiryPage(view, request) {
  const reader = readerIn(view);
  const { soonDays, laterDays } = daysOf(view);
  const rows = [...lotsHere(view)].flatMap(([id, lots]) => {
    const item = rangedItem(view, id);
    if (item === null) return [];
    const named = { item_id: id, name: nameIn(reader.locale, item), sku: item.sku, unit: item.unit };
    return shownToday(view, lots).map((row) => ({ ...row, ...named, operation_id: request.mint() }));
  });
  return {
    frame: frame(view, reader, "stock"),
    groups: expiring(rows),
    soon_days: soonDays,
    later_days: laterDays,
    blind: view.blind,
    may: mayAct(reader),
    problem: request.form?.problem ?? null,
  };
}

/** The lots of an item on hand, what expires first in front. @param {View} view @param {number} item */
export function lotsOf(view, item) {
  return shownToday(view, firstOut(lotsHere(view).get(item) ?? []));
}
