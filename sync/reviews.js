/**
 * What a page shows of work that waits for somebody's word, and what they say; twin of `reviews.py`.
 */

import { one, stripped } from "./forms.js";
import { mayBeAccepted, problems } from "./operations.js";
import { codeDoubt, shownCode } from "./unknown_codes.js";

/** @typedef {{id: string, store: number, kind: string, args: any, at: number, booked_at: number, by: number, name: string,
 *   signed: boolean, status: string, code: string | null, params: Record<string, any>, units_then: number | null,
 *   units_near: number, level?: number, people?: number, words?: {person: number, name: string}[]}} Review the row of a `reviews:` bucket, see `PROTOCOL.md` */
/** @typedef {import("./roles.js").Reader} Reader */

/**
 * Those that the reader may settle, oldest first: of a store they manage, of none for an administrator; not their own,
 * and none that they accepted already and that waits for somebody else beside them.
 * @template {Review} Kept
 * @param {Kept[]} reviews @param {Reader} reader @returns {Kept[]}
 */
export function mineToSettle(reviews, reader) {
  const found = reviews.filter((review) => !hasSpoken(review, reader.person) && minds(review, reader));
  return found.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id)));
}

/**
 * Units by which on hand of its one item changes when it is accepted; null where that cannot be said.
 * @param {Review} review @returns {number | null}
 */
export function changeOf({ kind, args, status, units_then }) {
  if (status !== "review") return null;
  if (kind === "stock.adjust") return args.delta;
  if (kind === "stock.move" && args.lines.length === 1) return args.lines[0].delta;
  if (kind === "stock.count" && ofTheWholeItem(args) && units_then !== null) return args.counted - units_then;
  return null;
}

/** The one item that it is about; 0 where it is about several or none. @param {{kind: string, args: any}} review @returns {number} */
export function itemOf({ kind, args }) {
  if (kind === "stock.adjust" || kind === "stock.count") return args.item;
  return kind === "stock.move" && args.lines.length === 1 ? args.lines[0].item : 0;
}

/**
 * One review as a card. `told` is its line of `journal.told`, `onHand` that of its store now, null where unknown.
 * `waiting` is what this phone has said and not sent: accept, decline or "". Figures stand beside a flag that says
 * whether they are known. `taken_by` is another item that has the barcode which somebody says is an item's.
 * @param {Review} review @param {Record<string, any>} told @param {number | null} onHand @param {string} waiting
 * @param {string} store_name @param {string} [taken_by] @returns {Record<string, any> & {is_booked: boolean}}
 */
export function reviewRow(review, told, onHand, waiting, store_name, taken_by = "") {
  const barcode = review.kind === "barcode.teach" ? (review.args.code ?? "") : "";
  const change = changeOf(review);
  const after = change === null || onHand === null ? null : onHand + change;
  return {
    ...told,
    person_name: review.name,
    store_name,
    signed: review.signed,
    near: review.units_near,
    has_then: review.units_then !== null,
    book_then: review.units_then ?? 0,
    has_now: onHand !== null,
    book_now: onHand ?? 0,
    has_change: change !== null,
    change: change ?? 0,
    has_after: after !== null,
    after: after ?? 0,
    is_booked: review.status === "applied",
    acceptable: mayBeAccepted(review.kind, review.signed),
    barcode: barcode && shownCode(barcode),
    doubt: barcode && codeDoubt(barcode),
    taken_by,
    rule: ruleOf(review),
    policy: review.kind === "policy.save" && review.args.was !== undefined ? review.args : null,
    people: review.people ?? 1,
    accepted_by: (review.words ?? []).map(({ name }) => name).join(", "),
    waiting,
  };
}

/** The approval rule that somebody wants to make or take away; null for any other work. @param {{kind: string, args: any}} review */
export function ruleOf({ kind, args }) {
  if (kind !== "approval.save" || args.rule === undefined) return null;
  const { work, units, cents, level, people, gone, reason = "", percent = 0 } = args;
  return { work, units, cents, level, people, gone, reason, percent };
}

/**
 * What has no effect yet, then what is booked and wants a look; groups without rows are left out.
 * @template {{is_booked: boolean}} Row
 * @param {Row[]} rows
 */
export function reviewGroups(rows) {
  const groups = [
    { title: "waits", rows: rows.filter((row) => !row.is_booked) },
    { title: "booked", rows: rows.filter((row) => row.is_booked) },
  ];
  return groups.filter((group) => group.rows.length > 0);
}

/** A card of the page of reviews → `review.settle`. @param {import("./forms.js").Fields} fields @returns {import("./forms.js").Read} */
export function reviewForm(fields) {
  const said = one(fields, "accept");
  if (said !== "yes" && said !== "no") return { problem: { code: "field_wrong", params: { field: "accept" } } };
  /** @type {Record<string, any>} */
  const args = { operation: one(fields, "review"), accept: said === "yes" };
  const note = stripped(one(fields, "note"));
  if (note) args.note = note;
  // Where the card asks for a reason, its author shall hear one.
  else if (fields.note && said === "no") return { problem: { code: "reason_missing", params: { field: "note" } } };
  const found = problems("review.settle", 1, args);
  return found.length > 0 ? { problem: found[0] } : { kind: "review.settle", args };
}

/** @param {Review} review @param {number} person */
function hasSpoken({ by, words = [] }, person) {
  return by === person || words.some((word) => word.person === person);
}

/** @param {Review} review @param {Reader} reader */
function minds({ store, level = 3 }, reader) {
  return store ? (reader.levels.get(store) ?? 0) >= level : reader.level === 5;
}

/** @param {any} args */
function ofTheWholeItem({ lot, shelf, scope }) {
  return !lot && !shelf && !Array.isArray(scope);
}
