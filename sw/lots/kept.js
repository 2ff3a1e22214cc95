/** The lots of the reader's store as this phone knows them: what the hub has, and what waits here. */

import { localDay } from "../../sync/formats.js";
import { inOrder, LATER_DAYS, lotRow, lotsAfter, SOON_DAYS, withBlocks } from "../../sync/lots.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../../sync/lots.js").Lot} Lot */

const KINDS = ["stock.adjust", "stock.count", "stock.move"];

/** By item; none for somebody who counts and must not be led. @param {View} view @returns {Map<number, Lot[]>} */
export function lotsHere(view) {
  if (view.blind) return new Map();
  const here = new Map(view.lots(view.storeId ?? 0).map(({ item, lots }) => [item, lots]));
  for (const { kind, args } of view.waiting) {
    if (!KINDS.includes(kind) || args.store !== view.storeId) continue;
    for (const { item, lot } of kind === "stock.move" ? args.lines : [args]) {
      if (lot) here.set(item, lotsAfter(here.get(item) ?? [], kind, args, item));
    }
  }
  return here;
}

/**
 * The lots of an item that nobody may sell, with what this phone said and has not heard about.
 * @param {View} view @param {number} item
 */
export function blockedHere(view, item) {
  /** @type {any[]} */
  const told = view.lots(0);
  const here = new Map(told.filter((row) => row.item === item).map((row) => [row.lot, row]));
  for (const { kind, args, at } of view.waiting) {
    if (args.item !== item) continue;
    if (kind === "lot.unblock") here.delete(args.lot);
    else if (kind === "lot.block" && !here.has(args.lot)) {
      here.set(args.lot, { lot: args.lot, reason: args.reason, name: view.person.name, at });
    }
  }
  const rows = [...here.values()].map(({ lot, reason, name, at }) => ({ lot, reason, name, at }));
  return rows.sort((each, other) => inOrder(each.lot, other.lot));
}

/** An item's lots as pages show them today. @param {View} view @param {number} item @param {Lot[]} lots */
export function shownToday(view, item, lots) {
  const { soonDays, laterDays } = daysOf(view);
  const today = localDay(view.now, view.zone.length > 0 ? view.zone : [[0, 0]]);
  const blocked = blockedHere(view, item).map(({ lot }) => lot);
  return withBlocks(lots, blocked).map((lot) => lotRow(lot, today, soonDays, laterDays));
}

/** When a lot comes on the worklist, by the chain's policies. @param {View} view */
export function daysOf({ policy }) {
  const { expiry_soon_days: soonDays = SOON_DAYS, expiry_later_days: laterDays = LATER_DAYS } = policy ?? {};
  return { soonDays, laterDays };
}
