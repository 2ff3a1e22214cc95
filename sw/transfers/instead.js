/** Who else could lend what one store cannot give, from this phone; twin of `server/transfers/instead.py`. */

import { askedSince, instead, missing } from "../../sync/instead.js";
import { mayAct } from "../catalogue/pages.js";
import { offersKnown, papersIn } from "../page_frame.js";

/**
 * `offers` is the lender's available stock by item, null where unknown.
 * @param {import("../view.js").View} view @param {import("../../sync/roles.js").Reader} reader
 * @param {import("../../sync/projection.js").Transfer} transfer @param {Map<number, number> | null} offers
 */
export function otherLender(view, reader, transfer, offers) {
  const gaps = missing(transfer, offers);
  if (gaps.size === 0 || !mayAct(reader)) return null;
  const byItem = new Map([...gaps.keys()].map((item) => [item, offersKnown(view, item)]));
  const found = instead(transfer, reader, gaps, byItem, view.safety);
  return found && askedSince(transfer, papersIn(view, reader), gaps) ? null : found;
}
