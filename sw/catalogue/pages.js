/** Pages about items, from this phone; twin of `server/catalogue/pages.py`. */

import { one } from "../../sync/forms.js";
import { whatIs } from "../../sync/gs1.js";
import { toldOf } from "../../sync/gs1_told.js";
import { concernsItem, RECENT_ROWS, told, undoOf } from "../../sync/journal.js";
import { adjustLimit } from "../../sync/roles.js";
import {
  elsewhere,
  idIn,
  itemCard,
  itemRow,
  MOST_COUNTED,
  pageWindow,
  printedGtin,
  ROWS_A_PAGE,
  searchAsked,
} from "../../sync/shelf.js";
import { blockedOf, lotsOf, warned } from "../lots/pages.js";
import { answeredIn, bookOf, fieldsOf, frame, offersKnown, rangedItem, readerIn, waitingIn } from "../page_frame.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../surroundings.js").PageRequest} PageRequest */
/** @typedef {import("../../sync/roles.js").Reader} Reader */

/** Pages of this app that need the book of all movements, which no phone holds. */
export const HUB_ALONE = [
  /^\/items\/[1-9][0-9]{0,9}\/history$/,
  /^\/store$/,
  /^\/counts\/results(\/[^/]+)?$/,
  /^\/help(\/processes\/[a-z]+)?$/,
];

/**
 * Null for what the hub is to look up in the whole chain.
 * @param {View} view @param {PageRequest} request
 */
export function itemListPage(view, request) {
  const reader = readerIn(view);
  const fields = fieldsOf(request.url);
  if (one(fields, "where") === "everywhere") return null;
  const q = searchAsked(one(fields, "q"));
  const total = Math.min(view.search(q, 0, 0).total, MOST_COUNTED + 1);
  const { page, offset, next_page } = pageWindow(one(fields, "page"), total);
  const { rows } = view.search(q, offset, ROWS_A_PAGE);
  const waiting = waitingIn(view);
  return {
    frame: frame(view, reader, "stock"),
    q,
    total,
    page,
    next_page,
    everywhere: false,
    rows: rows.map((item) =>
      itemRow(
        item,
        view.stock(reader.store, item.id),
        reader.locale,
        adjusting(waiting, item.id, reader.store),
        view.blind,
      ),
    ),
  };
}

/**
 * Null for an item that the person's store does not carry: the hub may know it.
 * @param {View} view @param {PageRequest} request
 */
export function itemPage(view, request) {
  const id = idIn(request.url.pathname.split("/")[2]);
  const item = rangedItem(view, id);
  if (item === null) return null;
  const reader = readerIn(view);
  const card = cardOf(view, reader, item);
  const told = toldOfItem(view, request, card);
  return {
    frame: frame(view, reader, "stock"),
    card,
    told,
    elsewhere: elsewhere(offersKnown(view, id), reader.locale, view.safety),
    coming: view.stockComing().length,
    may_request: mayAct(reader),
    form: adjustForm(view, reader, request, told, card.tracks_lot),
    count: countForm(request),
    lots: lotsOf(view, id),
    blocked: blockedOf(view, id, request.mint),
    block: blockForm(reader, request, told),
    ...warned(view, id, told, request.mint),
    recent: recentOf(view, reader, id, request.mint),
  };
}

/**
 * What a known address leads to when there is nothing: no item, no transfer.
 * @param {View} view @param {PageRequest} request
 */
export function missingPage(view, request) {
  const reader = readerIn(view);
  const noun = request.url.pathname.split("/")[1];
  const named = noun === "transfers" ? "transfer" : "page";
  const asked = one(fieldsOf(request.url), "where") === "everywhere" ? "lookup" : "item";
  const missed = noun === "items" ? asked : named;
  const hubs = HUB_ALONE.some((path) => path.test(request.url.pathname));
  const kept = view.blind ? "blind" : "hub";
  const what = hubs ? kept : missed;
  const elsewhereTab = noun === "transfers" ? "transfers" : "scan";
  return { frame: frame(view, reader, noun === "items" || hubs ? "stock" : elsewhereTab), what };
}

/** @param {View} view @param {Reader} reader @param {import("../view.js").Item} item */
export function cardOf(view, reader, item) {
  const waiting = adjusting(waitingIn(view), item.id, reader.store);
  return itemCard(item, view.stock(reader.store, item.id), reader.locale, waiting, true, view.blind);
}

/** Whether the person has stock powers in their own store. @param {Reader} reader */
export function mayAct(reader) {
  return reader.levels.has(reader.store);
}

/** Of today no more is asked than the century of a date on a label. @param {View} view @param {string} code */
export function toldHere(view, code) {
  return toldOf(code, new Date(view.now).toISOString().slice(0, 10));
}

/**
 * What the code in the address tells, where it is one of this item's.
 * @param {View} view @param {PageRequest} request @param {{gtins: string[]}} card
 */
function toldOfItem(view, request, card) {
  const code = one(fieldsOf(request.url), "code");
  const { gtin } = whatIs(code);
  return gtin && card.gtins.includes(printedGtin(gtin)) ? toldHere(view, code) : null;
}

/**
 * @param {View} view @param {Reader} reader @param {PageRequest} request
 * @param {import("../../sync/gs1_told.js").Told | null} told @param {boolean} tracksLot
 */
function adjustForm(view, reader, { form, mint }, told, tracksLot) {
  const lot = form ? one(form.fields, "lot") : (told?.lot ?? "");
  const day = told?.lot ? told.expiry || told.best_before : "";
  return {
    operation_id: mint(),
    quantity: form ? one(form.fields, "quantity") : String(told?.count || ""),
    lot,
    lots: lot !== "" || tracksLot,
    expires: form ? one(form.fields, "expires") : day,
    direction: form && one(form.fields, "direction") === "in" ? "in" : "out",
    may: mayAct(reader),
    limit: adjustLimit(view.policy, reader.levels.get(reader.store) ?? 0),
    problem: form && !counts(form) && !blocks(form) ? form.problem : null,
  };
}

/** @param {PageRequest} request */
function countForm({ form, mint }) {
  return {
    operation_id: mint(),
    counted: form ? one(form.fields, "counted") : "",
    problem: form && counts(form) ? form.problem : null,
  };
}

/** @param {Reader} reader @param {PageRequest} request @param {import("../../sync/gs1_told.js").Told | null} told */
function blockForm(reader, { form, mint }, told) {
  const typed = form && blocks(form) ? form.fields : null;
  return {
    operation_id: mint(),
    lot: typed ? one(typed, "lot") : (told?.lot ?? ""),
    reason: typed ? one(typed, "reason") : "",
    may: reader.level >= 3,
    problem: form && typed ? form.problem : null,
  };
}

/** Whether it was about a lot that somebody keeps from sale. @param {NonNullable<PageRequest["form"]>} form */
function blocks({ fields }) {
  return fields.block !== undefined;
}

/** Whether it was the count that was refused, and not the dial. @param {NonNullable<PageRequest["form"]>} form */
function counts({ fields }) {
  return fields.counted !== undefined;
}

/** @param {View} view @param {Reader} reader @param {number} item @param {() => string} mint */
function recentOf(view, reader, item, mint) {
  const own = [...waitingIn(view).reverse(), ...answeredIn(view)];
  const recent = own.filter((operation) => concernsItem(operation, item, reader.store)).slice(0, RECENT_ROWS);
  const book = bookOf(view, reader, recent);
  return recent.map((operation) => {
    const undo = undoOf(operation, own, view.now);
    return { ...told(operation, book, reader), undo: undo && { ...undo, operation_id: mint() } };
  });
}

/** @param {import("../../sync/journal.js").Operation[]} waiting @param {number} item @param {number} store */
function adjusting(waiting, item, store) {
  return waiting.filter((operation) => concernsItem(operation, item, store)).length;
}
