/** Work that waits for somebody's word, from this phone; twin of `server/reviews/pages.py`. */

import { told } from "../../sync/journal.js";
import { itemOf, mineToSettle, reviewGroups, reviewRow } from "../../sync/reviews.js";
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
    const row = reviewRow(review, line, onHand, saidOf(view, review.id), stores.get(review.store) ?? "");
    return Object.assign(row, { operation_id: request.mint() });
  });
  return { frame: frame(view, reader, "inbox"), groups: reviewGroups(rows), problem: request.form?.problem ?? null };
}
