/** Counting, from this phone; twin of `server/counts/pages.py`. */

import {
  countedIn,
  joinable,
  running,
  shelfChosen,
  shelfRows,
  takesDue,
  toCountAgain,
  toCountToday,
  wholeOf,
} from "../../sync/counts.js";
import { one, whole } from "../../sync/forms.js";
import { nameIn } from "../../sync/shelf.js";
import { mayAct } from "../catalogue/pages.js";
import { answeredIn, fieldsOf, frame, rangedItem, readerIn, waitingIn } from "../page_frame.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../surroundings.js").PageRequest} PageRequest */

const MOST_SHOWN = 100;
const MOST_NAMED = 3;
const MOST_DUE = 30;

const NOTHING_DUE = { due: [], due_total: 0 };

/** @param {View} view @param {PageRequest} request */
export function countListPage(view, request) {
  const reader = readerIn(view);
  const typed = request.form?.fields ?? null;
  const operations = [...waitingIn(view), ...answeredIn(view)];
  const sessions = view.countings();
  const goingOn = running(sessions, reader.store, view.now);
  const rows = goingOn.map((session) => {
    const { id, at, blind, scope } = session;
    const shelves = scope === "store" ? [] : scope;
    const places = countedIn(operations, wholeOf(session)).length;
    return { id, at, blind, is_store: scope === "store", shelves, places, joined: wholeOf(session) !== id };
  });
  const others = mayAct(reader) ? joinable(view.counters(reader.store, "open"), sessions, reader.person, view.now) : [];
  return {
    frame: frame(view, reader, "stock"),
    rows,
    others: others.map(({ id, at, name, blind, scope }) => {
      const shelves = scope === "store" ? [] : scope;
      return { id, at, name, blind, is_store: scope === "store", shelves, operation_id: request.mint() };
    }),
    again: mayAct(reader) ? again(view, request, reader, operations) : [],
    ...(mayAct(reader) ? due(view, request, reader, operations, MOST_NAMED) : NOTHING_DUE),
    due_in: goingOn.find(takesDue)?.id ?? "",
    due_blind: view.policy?.blind_counts ?? true,
    due_operation_id: request.mint(),
    again_item: typed ? (whole(one(typed, "item")) ?? 0) : 0,
    form: {
      scope: typed ? one(typed, "scope") : "shelves",
      shelves: typed ? one(typed, "shelves") : "",
      blind: typed ? one(typed, "blind") !== "" : (view.policy?.blind_counts ?? true),
    },
    may: mayAct(reader),
    operation_id: request.mint(),
    problem: request.form?.problem ?? null,
  };
}

/**
 * @param {View} view @param {PageRequest} request @param {import("../../sync/roles.js").Reader} reader
 * @param {Parameters<typeof toCountAgain>[1]} operations
 */
function again(view, request, { person, store }, operations) {
  const rows = toCountAgain(view.counters(store, "recount"), operations, person, store).slice(0, MOST_SHOWN);
  return rows.map(({ item, lot, at }) => {
    const known = rangedItem(view, item);
    const name = known ? nameIn(view.locale, known) : `#${item}`;
    return { item, name, sku: known?.sku ?? "", unit: known?.unit ?? "each", lot, at, operation_id: request.mint() };
  });
}

/**
 * The first of what the store shall count today, and how many there are that its range has.
 * @param {View} view @param {PageRequest} request @param {import("../../sync/roles.js").Reader} reader
 * @param {Parameters<typeof toCountToday>[2]} operations @param {number} most
 */
function due(view, request, { store }, operations, most) {
  const left = toCountToday(view.counters(store, "due"), view.counters(store, "recount"), operations, store);
  const known = left.flatMap((item) => rangedItem(view, item) ?? []);
  const first = known.slice(0, most).map((item) => {
    return { item: item.id, name: nameIn(view.locale, item), sku: item.sku, operation_id: request.mint() };
  });
  return { due: first, due_total: known.length };
}

/** @param {View} view @param {PageRequest} request */
export function countShowPage(view, request) {
  const session = view.counting(request.url.pathname.split("/").at(-1) ?? "");
  if (session === null) return null;
  const reader = readerIn(view);
  const operations = [...waitingIn(view), ...answeredIn(view)];
  const counted = countedIn(operations, wholeOf(session));
  const shelf = shelfChosen(session, one(request.form?.fields ?? fieldsOf(request.url), "shelf"));
  const here = counted.filter((row) => row.shelf === shelf);
  return {
    frame: frame(view, reader, "stock"),
    id: session.id,
    at: session.at,
    blind: session.blind,
    is_store: session.scope === "store",
    joined: wholeOf(session) !== session.id,
    shelf: shelf ?? "",
    ready: shelf !== null,
    shelves: shelfRows(session, counted, shelf),
    rows: here.slice(0, MOST_SHOWN).map((row) => named(view, row)),
    told: here.map((row) => [row.item, row.counted]),
    places: counted.length,
    ...(takesDue(session) && shelf === "" ? due(view, request, reader, operations, MOST_DUE) : NOTHING_DUE),
    operation_id: request.mint(),
    problem: request.form?.problem ?? null,
  };
}

/** @param {View} view @param {import("../../sync/counts.js").Counted} row */
function named(view, { item, counted, waiting }) {
  const known = rangedItem(view, item);
  const name = known ? nameIn(view.locale, known) : `#${item}`;
  return { item, name, sku: known?.sku ?? "", unit: known?.unit ?? "each", counted, waiting };
}
