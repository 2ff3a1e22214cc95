/** The lots of the reader's store as this phone knows them: what the hub has, and what waits here. */

import { localDay } from "../../sync/formats.js";
import { LATER_DAYS, lotRow, lotsAfter, SOON_DAYS } from "../../sync/lots.js";

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

/** As pages show them today. @param {View} view @param {Lot[]} lots */
export function shownToday(view, lots) {
  const { soonDays, laterDays } = daysOf(view);
  const today = localDay(view.now, view.zone.length > 0 ? view.zone : [[0, 0]]);
  return lots.map((lot) => lotRow(lot, today, soonDays, laterDays));
}

/** When a lot comes on the worklist, by the chain's policies. @param {View} view */
export function daysOf({ policy }) {
  const { expiry_soon_days: soonDays = SOON_DAYS, expiry_later_days: laterDays = LATER_DAYS } = policy ?? {};
  return { soonDays, laterDays };
}
