/** What stands around every page, and what its fillers read from the view again and again. */

import { concernsTransfer, mentioned, newestFirst, readableOnly } from "../sync/journal.js";
import { held } from "../sync/papers.js";
import { hasEnded, steps } from "../sync/projection.js";
import { mineToSettle } from "../sync/reviews.js";
import { readerOf } from "../sync/roles.js";
import { nameIn } from "../sync/shelf.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../sync/roles.js").Reader} Reader */
/** @typedef {import("../sync/journal.js").Operation} Operation */
/** @typedef {import("../sync/journal.js").Book} Book */

/** @param {View} view @returns {Reader} */
export function readerIn(view) {
  return readerOf(view.person, view.now);
}

/** @param {View} view @param {Reader} reader @param {"scan" | "stock" | "transfers" | "inbox" | "me"} tab */
export function frame(view, reader, tab) {
  const store = view.store(reader.store);
  const waitsForMe = openPapersIn(view, reader).filter((one) => steps(one, reader.levels, reader.person).step);
  return {
    locale: reader.locale,
    tab,
    person_id: reader.person,
    person_name: reader.name,
    store_id: reader.store,
    store_name: store ? nameIn(reader.locale, store) : "",
    level: reader.level,
    // Somebody without a store still reads times: in UTC, as the hub writes them.
    zone: store ? store.zone : [[0, 0]],
    inbox_count: waitsForMe.length + reviewsFor(view, reader),
  };
}

/** How many reviews wait for the reader's word, those without that they gave on this phone. @param {View} view @param {Reader} reader */
export function reviewsFor(view, reader) {
  return mineToSettle(view.reviews(), reader).filter(({ id }) => saidOf(view, id) === "").length;
}

/** What the reader has said of a review and the hub has not told back. @param {View} view @param {string} id */
export function saidOf(view, id) {
  const said = view.waiting.findLast(({ kind, args }) => kind === "review.settle" && args.operation === id);
  if (said === undefined) return "";
  return said.args.accept ? "accept" : "decline";
}

/** Transfers on this phone, what waits included. @param {View} view @param {Reader} reader */
export function papersIn(view, reader) {
  return held(view.transfers(), reader, view.now, view.closedDays);
}

/** Those of them that have not come to their end: the few that can wait for somebody. @param {View} view @param {Reader} reader */
export function openPapersIn(view, reader) {
  return held(
    view.transfers().filter((one) => !hasEnded(one.state)),
    reader,
    view.now,
  );
}

/** Names of all stores by id, in the reader's language. @param {View} view @returns {Map<number, string>} */
export function storeNames(view) {
  return new Map(view.stores().map((store) => [store.id, nameIn(view.locale, store)]));
}

/** The item if the person's store carries it: no other is the phone's to show. @param {View} view @param {number} id */
export function rangedItem(view, id) {
  return view.rangedHere(id) ? view.item(id) : null;
}

/** The same where it is known: the stock of some neighbours may still be on its way. @param {View} view @param {number} item */
export function offersKnown(view, item) {
  const coming = view.stockComing();
  return offersOf(view, item).filter(({ store }) => !coming.includes(store));
}

/** What neighbours hold of an item. @param {View} view @param {number} item */
export function offersOf(view, item) {
  return view.neighbours().flatMap(([id, distance_m]) => {
    const store = view.store(id);
    if (store === null) return [];
    const { name_en, name_zh } = store;
    return [{ store: id, name_en, name_zh, distance_m, ...view.stock(id, item) }];
  });
}

/** Operations the hub has not answered, in the order they will be sent. @param {View} view @returns {Operation[]} */
export function waitingIn(view) {
  const waiting = view.waiting.filter(({ status, kind }) => status === "waiting" && kind !== "void");
  return waiting.map((operation) => ({ ...operation, booked_at: 0 }));
}

// A row never changes: whether it can be read is found out once, and not at every page.
/** @type {WeakMap<Operation, Operation>} */
const readable = new WeakMap();

/** @param {Operation} row */
function asReadable(row) {
  const known = readable.get(row) ?? readableOnly(row);
  readable.set(row, known);
  return known;
}

/** Answered operations of thirty days, newest first. @param {View} view @returns {Operation[]} */
export function answeredIn(view) {
  return newestFirst(view.outcomes().map(asReadable), view.now);
}

/** How many of them stand on a transfer. @param {Operation[]} waiting @param {string} transfer */
export function waitingOn(waiting, transfer) {
  return waiting.filter((operation) => concernsTransfer(operation, transfer)).length;
}

/**
 * What operations speak of, as far as this phone has it.
 * @param {View} view @param {Reader} reader @param {Operation[]} operations @returns {Book}
 */
export function bookOf(view, reader, operations) {
  const { items, transfers } = mentioned(operations);
  const known = items.flatMap((id) => rangedItem(view, id) ?? []);
  const named = transfers.flatMap((id) => view.transfer(id) ?? []);
  return {
    items: new Map(known.map((item) => [item.id, item])),
    transfers: new Map(held(named, reader, view.now, view.closedDays).map((transfer) => [transfer.id, transfer])),
    stores: storeNames(view),
  };
}

/** The fields of an address, as a form would send them. @param {URL} url @returns {Record<string, string[]>} */
export function fieldsOf(url) {
  /** @type {Map<string, string[]>} */
  const fields = new Map();
  for (const [name, text] of url.searchParams) fields.set(name, [...(fields.get(name) ?? []), text]);
  return Object.fromEntries(fields);
}
