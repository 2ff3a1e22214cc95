/**
 * Counting on pages: what is typed to begin a session, what each of its counts says, and what of it stands so far;
 * twin of `counts.py`.
 *
 * Several people may be at one count, each in a session of their own that says which one it `joins`.
 */

import { one, stripped, whole } from "./forms.js";
import { newest, problems } from "./operations.js";
import { LONGEST_SESSION_MS } from "./projection.js";

/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {import("./forms.js").Read} Read */
/** The row `count:` of its counter's bucket. @typedef {{id: string, store: number, scope: "store" | string[], at: number, blind: boolean, closed: boolean, joins?: string}} Session */
/** The row `open:` of the store's bucket. @typedef {{id: string, store: number, scope: "store" | string[], at: number, blind: boolean, by: number, name: string}} Joinable */
/** @typedef {{id: string, item: number, lot: string, at: number, by: number | null}} Recount */
/** @typedef {{item: number, shelf: string, counted: number, at: number, waiting: boolean}} Counted */

const BETWEEN_SHELVES = /[,;\t\r\n，；、]/;
// Of these nothing was counted.
const UNDONE = ["refused", "void"];

/** Shelves as people type them, one a line or with commas between, each once. @param {string} text */
export function shelvesTyped(text) {
  const typed = text.split(BETWEEN_SHELVES).map(stripped);
  return [...new Set(typed.filter((part) => part !== ""))];
}

/** The form of the page of counts → `count.open`. @param {Fields} fields @param {number} store @returns {Read} */
export function beginForm(fields, store) {
  const shelves = one(fields, "scope") === "store" ? null : shelvesTyped(one(fields, "shelves"));
  if (shelves?.length === 0) return refused("field_missing", { field: "shelf" });
  const blind = one(fields, "blind") !== "";
  return sound("count.open", { store, scope: shelves ?? "store", blind, sealed: false });
}

/** The form beside a count of somebody else → `count.open`. @param {Fields} fields @param {Joinable[]} rows that may be joined @returns {Read} */
export function joinForm(fields, rows) {
  const whole = rows.find(({ id }) => id === one(fields, "joins"));
  if (whole === undefined) return refused("count_unknown");
  const { id, store, scope, blind } = whole;
  return sound("count.open", { store, scope, blind, sealed: false, joins: id });
}

/** The forms of a session's page → `stock.count` of one item, or `count.close`. @param {Fields} fields @param {Session} session @returns {Read} */
export function sessionForm(fields, session) {
  if (one(fields, "action") === "close") return sound("count.close", { session: session.id });
  const item = whole(one(fields, "item"));
  const typed = one(fields, "counted");
  if (item === null) return refused("item_unknown");
  const counted = whole(typed);
  if (counted === null)
    return refused(stripped(typed) === "" ? "quantity_missing" : "not_a_number", { field: "counted" });
  const { store, scope } = session;
  const shelf = stripped(one(fields, "shelf"));
  if (scope !== "store" && !scope.includes(shelf)) {
    return refused(shelf === "" ? "field_missing" : "field_wrong", { field: "shelf" });
  }
  return sound("stock.count", {
    ...{ store, item, counted, session: wholeOf(session) },
    ...(shelf === "" ? {} : { shelf }),
    scope,
  });
}

/** The form of an item that somebody else counted already. @param {Fields} fields @param {number} store @returns {Read} */
export function againForm(fields, store) {
  const item = whole(one(fields, "item"));
  const typed = one(fields, "counted");
  if (item === null) return refused("item_unknown");
  const counted = whole(typed);
  if (counted === null)
    return refused(stripped(typed) === "" ? "quantity_missing" : "not_a_number", { field: "counted" });
  const lot = stripped(one(fields, "lot"));
  return sound("stock.count", { store, item, counted, ...(lot === "" ? {} : { lot }) });
}

/**
 * What the person can count once more in a store, the longest waiting first: what they counted themselves, before or
 * since, somebody else must.
 * @param {Recount[]} recounts rows `recount:` of the store's bucket
 * @param {{id: string, kind: string, args: any, at: number, status: string}[]} operations the person's own
 * @param {number} person @param {number} store @returns {{item: number, lot: string, at: number}[]}
 */
export function toCountAgain(recounts, operations, person, store) {
  const mine = operations.filter(({ kind, status }) => kind === "stock.count" && !UNDONE.includes(status));
  mine.sort((some, other) => some.at - other.at || (some.id < other.id ? -1 : 1));
  const place = (/** @type {number} */ item, /** @type {string} */ lot) => `${item}/${lot}`;
  /** @type {Map<string, number>} */
  const counted = new Map();
  for (const { args, at } of mine) if (args.store === store) counted.set(place(args.item, args.lot || ""), at);
  const asked = [...recounts].sort((some, other) => some.at - other.at || (some.id < other.id ? -1 : 1));
  const own = new Set(asked.filter(({ by }) => by === person).map(({ item, lot }) => place(item, lot)));
  /** @type {Map<string, {item: number, lot: string, at: number}>} */
  const found = new Map();
  for (const { item, lot, at } of asked) {
    const here = place(item, lot);
    if (own.has(here) || (counted.get(here) ?? -1) >= at || found.has(here)) continue;
    found.set(here, { item, lot, at });
  }
  return [...found.values()];
}

/**
 * Items on the store's list of what to count, the most urgent first, without those that the person has counted in full
 * since it was made, and those that wait for another pair of eyes.
 * @param {{item: number, place: number, at: number}[]} dues rows `due:` of the store's bucket
 * @param {Pick<Recount, "item">[]} recounts rows `recount:` of it
 * @param {{kind: string, args: any, at: number, status: string}[]} operations the person's own
 * @param {number} store
 */
export function toCountToday(dues, recounts, operations, store) {
  const again = new Set(recounts.map(({ item }) => item));
  /** @type {Map<number, number>} */
  const done = new Map();
  for (const { kind, args, at, status } of operations) {
    if (kind !== "stock.count" || UNDONE.includes(status) || args.store !== store) continue;
    if (args.lot || args.shelf || Array.isArray(args.scope)) continue;
    done.set(args.item, Math.max(at, done.get(args.item) ?? 0));
  }
  const left = dues.filter(({ item, at }) => !again.has(item) && (done.get(item) ?? -1) < at);
  return left.sort((some, other) => some.place - other.place || some.item - other.item).map(({ item }) => item);
}

/** Those that go on in a store, the newest first. @template {Session} T @param {T[]} sessions @param {number} store @param {number} now */
export function running(sessions, store, now) {
  const here = sessions.filter((one) => one.store === store && !one.closed && one.at > now - LONGEST_SESSION_MS);
  return here.sort((some, other) => other.at - some.at || (some.id < other.id ? -1 : 1));
}

/**
 * Counts of other people that go on and that the person has not joined, the newest first.
 * @param {Joinable[]} rows of the store's bucket @param {Session[]} sessions the person's own
 * @param {number} person @param {number} now
 */
export function joinable(rows, sessions, person, now) {
  const since = now - LONGEST_SESSION_MS;
  const atIt = new Set(sessions.filter(({ closed, at }) => !closed && at > since).map(wholeOf));
  const found = rows.filter(({ id, by, at }) => by !== person && !atIt.has(id) && at > since);
  return found.sort((some, other) => other.at - some.at || (some.id < other.id ? -1 : 1));
}

/** Whether what is to be counted today is counted in this session: items of the whole store, each at once. @param {Session} session */
export function takesDue({ scope, joins }) {
  return scope === "store" && !joins;
}

/** The count that a session is part of: the one that it joined, or itself. @param {Session} session */
export function wholeOf({ id, joins }) {
  return joins || id;
}

/**
 * The shelf that somebody stands at, "" where the store is counted as a whole; null while it is not said. Whoever joined
 * a count says it always: two people see all of the store at no time.
 * @param {Session} session @param {string} typed @returns {string | null}
 */
export function shelfChosen({ scope, joins }, typed) {
  const shelf = stripped(typed);
  if (scope === "store") {
    if (joins && shelf === "") return null;
    const args = { store: 1, item: 1, counted: 0, shelf };
    return problems("stock.count", newest("stock.count"), args).length > 0 ? null : shelf;
  }
  if (scope.includes(shelf)) return shelf;
  return shelf === "" && scope.length === 1 ? scope[0] : null;
}

/**
 * What stands of a session, once an item and shelf: what was told last, the newest first.
 * @param {{id: string, kind: string, args: any, at: number, status: string}[]} operations @param {string} session @returns {Counted[]}
 */
export function countedIn(operations, session) {
  const ofIt = operations.filter(({ kind, args }) => kind === "stock.count" && args.session === session);
  const done = ofIt.filter(({ status }) => !UNDONE.includes(status));
  done.sort((some, other) => other.at - some.at || (some.id < other.id ? 1 : -1));
  /** @type {Map<string, Counted>} */
  const found = new Map();
  for (const { args, at, status } of done) {
    const { item, counted } = args;
    const shelf = args.shelf || "";
    const key = `${item}/${shelf}`;
    if (!found.has(key)) found.set(key, { item, shelf, counted, at, waiting: status === "waiting" });
  }
  return [...found.values()];
}

/**
 * The shelves of a session: those it is about, else those counted so far; `items` says how many stand there.
 * @param {Session} session @param {Counted[]} counted @param {string | null} chosen
 */
export function shelfRows({ scope }, counted, chosen) {
  const begun = counted.map(({ shelf }) => shelf).reverse();
  const named = scope === "store" ? [...begun, chosen ?? ""] : scope;
  return [...new Set(named)].filter(Boolean).map((shelf) => {
    const items = counted.filter((row) => row.shelf === shelf).length;
    return { shelf, items, chosen: shelf === chosen };
  });
}

/** @param {string} kind @param {Record<string, any>} args @returns {Read} */
function sound(kind, args) {
  const [first] = problems(kind, newest(kind), args);
  return first ? { problem: first } : { kind, args };
}

/** @param {string} code @param {Record<string, number | string>} params */
function refused(code, params = {}) {
  return { problem: { code, params } };
}
