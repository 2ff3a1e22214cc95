/** What waits for a person, and what became of their own work; twin of `server/inbox/pages.py`. */

import { outboxLists, told } from "../../sync/journal.js";
import { inboxRows, transferRow } from "../../sync/papers.js";
import {
  answeredIn,
  bookOf,
  frame,
  openPapersIn,
  readerIn,
  reviewsFor,
  storeNames,
  waitingIn,
  waitingOn,
} from "../page_frame.js";

/** @param {import("../view.js").View} view */
export function inboxPage(view) {
  const reader = readerIn(view);
  const stores = storeNames(view);
  const waiting = waitingIn(view);
  const rows = openPapersIn(view, reader).map((transfer) =>
    transferRow(transfer, reader, stores, waitingOn(waiting, transfer.id)),
  );
  return { frame: frame(view, reader, "inbox"), reviews: reviewsFor(view, reader), rows: inboxRows(rows) };
}

/** @param {import("../view.js").View} view @param {import("../surroundings.js").PageRequest} request */
export function outboxPage(view, request) {
  const reader = readerIn(view);
  const { waiting, refused, settled } = outboxLists(waitingIn(view), answeredIn(view), view.now);
  const book = bookOf(view, reader, [...waiting, ...refused, ...settled]);
  /** @param {import("../../sync/journal.js").Operation[]} operations */
  const lines = (operations) => operations.map((operation) => told(operation, book, reader));
  return {
    frame: frame(view, reader, "me"),
    waiting: lines(waiting),
    refused: lines(refused),
    settled: lines(settled),
    problem: request.form?.problem ?? null,
  };
}
