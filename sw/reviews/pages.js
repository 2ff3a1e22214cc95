/** Work that waits for somebody's word, from this phone; twin of `server/reviews/pages.py`. */

import { told } from "../../sync/journal.js";
import { itemOf, mineToSettle, reviewGroups, reviewRow } from "../../sync/reviews.js";
import { nameIn } from "../../sync/shelf.js";
import { bookOf, frame, readerIn, saidOf, storeNames } from "../page_frame.js";

/** @param {import("../view.js").View} view @param {import("../surroundings.js").PageRequest} request */
export function reviewListPage(view, request) {
  const reader = readerIn(view);
  const waiting = mineToSettle(view.reviews(), reader);
  const book = bookOf(view, reader, waiting);
  const stores = storeNames(view);
  const rows = waiting.map((review) => {
    const item = itemOf(review);
    const onHand = item && review.store === reader.store ? view.stock(reader.store, item).on_hand : null;
    const line = told(review, book, reader);
    const store = stores.get(review.store) ?? "";
    const row = reviewRow(review, line, onHand, saidOf(view, review.id), store, takenBy(view, review));
    return Object.assign(row, { operation_id: request.mint() });
  });
  return { frame: frame(view, reader, "inbox"), groups: reviewGroups(rows), problem: request.form?.problem ?? null };
}

/**
 * The item of the store that has a barcode which somebody says is another's.
 * @param {import("../view.js").View} view @param {import("../../sync/reviews.js").Review} review
 */
function takenBy(view, { kind, args }) {
  const owner = kind === "barcode.teach" ? view.itemByGtin(args.code) : null;
  return owner && owner.id !== args.item && view.rangedHere(owner.id) ? nameIn(view.locale, owner) : "";
}
