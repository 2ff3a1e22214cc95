/** Pages about transfers, from this phone; twin of `server/transfers/pages.py`. */

import { draftLine, draftOf, lenders, takers, withItem } from "../../sync/draft.js";
import { one, stripped } from "../../sync/forms.js";
import { readable, standsOut } from "../../sync/journal.js";
import {
  direction,
  held,
  sought,
  timeline,
  transferGroups,
  transferLines,
  transferRow,
  unannounced,
} from "../../sync/papers.js";
import { hasParcel, parcelAsked, parcelsOf, withParcel } from "../../sync/parcels.js";
import { steps } from "../../sync/projection.js";
import { available, searchAsked } from "../../sync/shelf.js";
import { heard, spoken } from "../../sync/spoken.js";
import { mayAct } from "../catalogue/pages.js";
import { lotsToTake } from "../lots/pages.js";
import {
  answeredIn,
  bookOf,
  fieldsOf,
  frame,
  offersOf,
  papersIn,
  rangedItem,
  readerIn,
  storeNames,
  waitingIn,
  waitingOn,
} from "../page_frame.js";
import { itemByCode } from "../scanning/pages.js";
import { otherLender } from "./instead.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../surroundings.js").PageRequest} PageRequest */
/** @typedef {import("../../sync/roles.js").Reader} Reader */
/** @typedef {import("../../sync/projection.js").Transfer} Transfer */

/** @param {View} view @param {PageRequest} request */
export function transferListPage(view, request) {
  const reader = readerIn(view);
  const q = searchAsked(one(fieldsOf(request.url), "q"));
  const stores = storeNames(view);
  const waiting = waitingIn(view);
  const rows = sought(papersIn(view, reader), q, stores).map((transfer) =>
    transferRow(transfer, reader, stores, waitingOn(waiting, transfer.id)),
  );
  return {
    frame: frame(view, reader, "transfers"),
    q,
    groups: transferGroups(rows),
    may_request: mayAct(reader),
  };
}

/**
 * The transfers whose spoken number somebody typed; two, where two share one.
 * @param {View} view @param {Reader} reader @param {string} typed
 */
export function numberedRows(view, reader, typed) {
  const number = heard(typed);
  return number ? rowsWhere(view, reader, (one) => spoken(one.id) === number) : [];
}

/**
 * The transfers of which a parcel bears this label; two, where two bear the same.
 * @param {View} view @param {Reader} reader @param {string} sscc
 */
export function parcelRows(view, reader, sscc) {
  return rowsWhere(view, reader, (one) => hasParcel(one, sscc));
}

/** @param {View} view @param {Reader} reader @param {(transfer: Transfer) => boolean} isMeant */
function rowsWhere(view, reader, isMeant) {
  const [stores, waiting] = [storeNames(view), waitingIn(view)];
  const rows = papersIn(view, reader)
    .filter(isMeant)
    .map((one) => transferRow(one, reader, stores, waitingOn(waiting, one.id)));
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Null where a line names an item that the person's store does not carry: the hub may know it.
 * @param {View} view @param {PageRequest} request
 */
export function transferNewPage(view, request) {
  const reader = readerIn(view);
  const draft = draftOf(request.form?.fields ?? fieldsOf(request.url));
  const { lines, add, problem } = added(view, draft, request.form !== undefined);
  const items = lines.map(({ item }) => rangedItem(view, item));
  if (items.includes(null)) return null;
  const wanted = lines.length > 0 ? lines : [{ item: 0, quantity: "1" }];
  const needs = wanted.map(({ item, quantity }) => ({ wanted: quantity, offers: offersOf(view, item) }));
  const pushes = draft.way === "push";
  const donors = pushes
    ? takers(needs[0].offers, reader.locale, draft.to)
    : lenders(needs, reader.locale, draft.from, view.safety);
  const lender = donors.find((donor) => donor.chosen)?.store_id ?? 0;
  return {
    frame: frame(view, reader, "transfers"),
    way: draft.way,
    operation_id: request.mint(),
    donors,
    lines: lines.map(({ item, quantity }, place) => {
      const [here, there] = [view.stock(reader.store, item), view.stock(lender, item)];
      return draftLine(/** @type {any} */ (items[place]), quantity, here, there, reader.locale);
    }),
    note: draft.note,
    add,
    may: mayAct(reader),
    problem: request.form?.problem ?? problem,
  };
}

/** What stands behind the dots. @param {ReturnType<typeof steps>} may */
function allowed(may) {
  return {
    may_unapprove: may.mayUnapprove,
    may_reject: may.mayReject,
    may_cancel: may.mayCancel,
    may_close: may.mayClose,
    may_return: may.mayReturn,
    may_find: may.mayFind,
  };
}

/**
 * Whoever receives blindly is told neither what was announced nor what is in the parcel.
 * @param {View} view @param {Transfer} transfer @param {string} step @param {ReturnType<typeof transferLines>} lines
 * @param {PageRequest} request
 */
function linesShown(view, transfer, step, lines, request) {
  const blind = step === "receive" && (view.policy?.blind_receipts ?? false);
  const label = parcelAsked(fieldsOf(request.url), request.form?.fields ?? null);
  const packed = withParcel(lines, transfer, blind ? "" : label);
  const shown = withLots(view, transfer, step, packed);
  return { blind, lines: blind ? unannounced(shown) : shown, parcels: parcelsOf(transfer), parcel: label };
}

/** Whether somebody counts what turned up after the closing. @param {PageRequest} request */
function finds({ url, form }) {
  return form ? one(form.fields, "action") === "receive" : one(fieldsOf(url), "found") !== "";
}

/**
 * Lines with the lots that go first, for who packs.
 * @template {{item_id: number, approved: number, dispatched: number}} Line
 * @param {View} view @param {import("../view.js").Transfer} transfer @param {string} step @param {Line[]} lines
 */
function withLots(view, transfer, step, lines) {
  const packs = step === "dispatch" && transfer.from === view.storeId;
  return lines.map((line) => {
    return { ...line, take: packs ? lotsToTake(view, line.item_id, line.approved - line.dispatched) : [] };
  });
}

/**
 * Null for a transfer that is not on this phone: it may have ended long ago.
 * @param {View} view @param {PageRequest} request
 */
export function transferShowPage(view, request) {
  const [id, reader] = [request.url.pathname.split("/")[2], readerIn(view)];
  const transfer = view.transfer(id);
  if (transfer === null || held([transfer], reader, view.now, view.closedDays).length === 0) return null;
  const may = steps(transfer, reader.levels, reader.person);
  const fields = request.form?.fields ?? null;
  const step = may.mayFind && finds(request) ? "receive" : may.step;
  const [stores, waiting] = [storeNames(view), waitingIn(view)];
  const offers = stockOfLender(view, reader, transfer);
  return {
    frame: frame(view, reader, "transfers"),
    operation_id: request.mint(),
    id,
    number: spoken(id),
    state: transfer.state,
    decision: transfer.decision,
    from_name: stores.get(transfer.from) ?? "",
    to_name: stores.get(transfer.to) ?? "",
    note: transfer.note,
    direction: direction(transfer, reader),
    ...linesShown(view, transfer, step, transferLines(transfer, reader.locale, step, offers, fields), request),
    events: timeline(transfer, stores, new Set(waiting.map((operation) => operation.id))),
    step,
    ...allowed(may),
    reason: fields ? one(fields, "reason") : "",
    problem: request.form?.problem ?? null,
    refusals: refusalsOf(view, reader, id),
    waiting: waitingOn(waiting, id),
    instead: otherLender(view, reader, transfer, offers),
  };
}

/** @param {View} view @param {ReturnType<typeof draftOf>} draft @param {boolean} refused */
function added(view, { lines, add }, refused) {
  if (refused || !stripped(add)) return { lines, add, problem: null };
  const item = itemByCode(view, add);
  if (item === null) return { lines, add, problem: { code: "code_unknown", params: { code: add } } };
  return { lines: withItem(lines, item.id), add: "", problem: null };
}

/**
 * Stock of the lending store by item; a phone knows it of its own store and of neighbours, else null.
 * @param {View} view @param {Reader} reader @param {Transfer} transfer
 */
function stockOfLender(view, reader, { from, lines }) {
  const known = from === reader.store || view.neighbours().some(([store]) => store === from);
  return known ? new Map(lines.map(({ item }) => [item, available(view.stock(from, item))])) : null;
}

/** @param {View} view @param {Reader} reader @param {string} transfer */
function refusalsOf(view, reader, transfer) {
  const refused = answeredIn(view).filter((one) => standsOut(one, transfer));
  const book = bookOf(view, reader, refused);
  return refused.map(({ code, params }) => readable({ code: code ?? "unexpected", params }, book, view.locale));
}
