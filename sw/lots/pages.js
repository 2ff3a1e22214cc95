/** What expires, from this phone; twin of `server/lots/pages.py`. */

import { expiring, firstOut, goesBefore, toTake } from "../../sync/lots.js";
import { nameIn } from "../../sync/shelf.js";
import { mayAct } from "../catalogue/pages.js";
import { frame, rangedItem, readerIn } from "../page_frame.js";
import { blockedHere, daysOf, lotsHere, shownToday } from "./kept.js";

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
    return shownToday(view, id, lots).map((row) => ({ ...row, ...named, operation_id: request.mint() }));
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

/** The lots of an item on hand, what goes first in front. @param {View} view @param {number} item */
export function lotsOf(view, item) {
  return firstOut(shownToday(view, item, lotsHere(view).get(item) ?? []));
}

/** Of which lots on the shelf so many units of an item should be taken. @param {View} view @param {number} item @param {number} units */
export function lotsToTake(view, item, units) {
  return toTake(lotsOf(view, item), units);
}

/** The lots of an item that nobody may sell. @param {View} view @param {number} item @param {() => string} mint */
export function blockedOf(view, item, mint) {
  return blockedHere(view, item).map((row) => ({ ...row, operation_id: mint() }));
}

/**
 * What stands against goods that were scanned: a block of their lot, and the lot that goes before them.
 * @param {View} view @param {number} item @param {import("../../sync/gs1_told.js").Told | null} told @param {() => string} mint
 */
export function warned(view, item, told, mint) {
  if (!told?.lot) return { stop: null, first: null };
  const stop = blockedOf(view, item, mint).find(({ lot }) => lot === told.lot) ?? null;
  return { stop, first: goesBefore(lotsOf(view, item), told.lot, told.expiry || told.best_before) };
}
