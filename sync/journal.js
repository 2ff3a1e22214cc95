/**
 * What a page says of one's own operations, waiting or answered; twin of `journal.py`.
 *
 * An operation here is the row `outcome:` of a user bucket, or one still on the phone with status `waiting`. A book is
 * what they speak of: rows of items and documents of transfers by id, and names of stores in the reader's language by
 * id; any may be missing from it.
 */

import { newest, problems } from "./operations.js";
import { nameIn } from "./shelf.js";
import { spoken } from "./spoken.js";
import { KINDS as OF_CODES, shownCode } from "./unknown_codes.js";

/** @typedef {{id: string, kind: string, args: any, at: number, status: string, code?: string | null,
 *   params?: Record<string, any> | null, booked_at: number, settled?: Settled | null}} Operation */
/** @typedef {{accepted: boolean, by: string, at: number, note?: string}} Settled what somebody said of its review */
/** @typedef {import("./shelf.js").Named & {unit: string}} NamedItem */
/** @typedef {{items: Map<number, NamedItem>, transfers: Map<string, import("./projection.js").Transfer>,
 *   stores: Map<number, string>}} Book */
/** @typedef {import("./roles.js").Reader} Reader */

const SETTLED_ROWS = 30;
export const RECENT_ROWS = 5;
const UNDO_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;
const NOT_DONE = ["refused", "review", "parked"];
/** @type {Record<string, string>} */
const PAGES = { count: "/counts", policy: "/admin/policies", approval: "/admin/approvals" };
const OF_GOODS = ["stock.adjust", "stock.count", "stock.move"];
const AMOUNTS = ["quantity", "received", "damaged", "delta"];

/**
 * The same without its arguments where their shape is wrong: no page may trip over what the hub refused.
 * @template {Operation} Kept
 * @param {Kept} operation @returns {Kept}
 */
export function readableOnly(operation) {
  const { kind, args } = operation;
  return problems(kind, newest(kind), args).length === 0 ? operation : { ...operation, args: {} };
}

/** Ids of the items and transfers that operations speak of, ascending: what a book must hold. @param {Operation[]} operations */
export function mentioned(operations) {
  const items = new Set();
  const transfers = new Set();
  for (const { args, params } of operations) {
    for (const line of args.lines ?? []) if (line.item !== undefined) items.add(line.item);
    for (const one of [args.item, params?.item]) if (typeof one === "number") items.add(one);
    if (args.transfer !== undefined) transfers.add(args.transfer);
  }
  return { items: [...items].sort((a, b) => a - b), transfers: [...transfers].sort() };
}

/**
 * Answered ones of thirty days, without those that were withdrawn.
 * @param {Operation[]} operations @param {number} now
 */
export function newestFirst(operations, now) {
  const kept = operations.filter((one) => one.kind !== "void" && one.booked_at > now - KEPT_MS);
  return kept.sort((a, b) => b.at - a.at || (a.id > b.id ? -1 : Number(a.id < b.id)));
}

/**
 * One operation as a line: what about, how many, what became of it. `quantity` is 0 where there is none to tell.
 * @param {Operation} operation @param {Book} book @param {Reader} reader
 */
export function told(operation, book, reader) {
  const { id, kind, status, at, args, code, params } = operation;
  const about = kind.startsWith("transfer.") ? aboutTransfer : aboutItem;
  return {
    id,
    kind,
    status,
    at,
    ...about(operation, book, reader),
    reason: args.reason || "",
    problem: code ? readable({ code, params }, book, reader.locale) : null,
    settled: operation.settled ? { note: "", ...operation.settled } : null,
  };
}

/**
 * A problem whose item has its name instead of its number, for a sentence.
 * @param {{code: string, params?: Record<string, any> | null}} problem @param {Book} book @param {string} locale
 */
export function readable(problem, book, locale) {
  const params = { ...problem.params };
  if (typeof params.item === "number") params.item = itemName(params.item, book, locale);
  return { code: problem.code, params };
}

/** Whether it adjusted or counted this item in this store. @param {Operation} operation @param {number} item @param {number} store */
export function concernsItem({ kind, args }, item, store) {
  return (kind === "stock.adjust" || kind === "stock.count") && args.item === item && args.store === store;
}

/**
 * What takes back an adjustment of the last minute, `{delta, reason, lot}`: an entry of its own that ends it. Null for any
 * other operation, for one without effect, and where one of the person's `own` did it already.
 * @param {Operation} operation @param {Operation[]} own @param {number} now
 */
export function undoOf({ id, kind, args, at, status }, own, now) {
  const hasEffect = status === "waiting" || status === "applied";
  if (kind !== "stock.adjust" || !hasEffect || args.delta === undefined) return null;
  if (args.undoes || at <= now - UNDO_MS) return null;
  if (own.some((one) => one.kind === "stock.adjust" && one.args.undoes === id)) return null;
  return { delta: -args.delta, reason: args.reason, lot: args.lot || "" };
}

/** Whether it requested this transfer or did something to it. @param {Operation} operation @param {string} transfer */
export function concernsTransfer({ id, kind, args }, transfer) {
  return (kind === "transfer.request" ? id : args.transfer) === transfer;
}

/** Whether its author is told beside this transfer that it had no effect: it was refused, or waits for a word. @param {Operation} operation @param {string} transfer */
export function standsOut(operation, transfer) {
  const waits = operation.status === "review" && !operation.settled;
  return concernsTransfer(operation, transfer) && (operation.status === "refused" || waits);
}

/**
 * `waiting` in the order they will be sent, then newest first what had no effect, and the thirty newest that had.
 * @param {Operation[]} waiting @param {Operation[]} answered @param {number} now
 */
export function outboxLists(waiting, answered, now) {
  const done = newestFirst(answered, now);
  return {
    waiting: waiting.filter((one) => one.kind !== "void"),
    refused: done.filter((one) => !hadEffect(one)),
    settled: done.filter(hadEffect).slice(0, SETTLED_ROWS),
  };
}

/** At once, or since somebody accepted it. @param {Operation} operation */
function hadEffect({ status, settled }) {
  return !NOT_DONE.includes(status) || settled?.accepted === true;
}

/** @param {Operation} operation @param {Book} book @param {Reader} reader */
function aboutItem({ kind, args }, book, reader) {
  const empty = Object.keys(args).length === 0;
  if (OF_CODES.includes(kind) && !empty) return aboutCode(kind, args, book, reader);
  if ((kind.startsWith("item.") || kind.startsWith("barcode.")) && Object.hasOwn(args, "item")) {
    // Minded by an administrator, where items are minded.
    const subject = itemName(args.item, book, reader.locale);
    return { subject, quantity: 0, unit: "each", href: `/admin/items/${args.item}` };
  }
  if (kind === "review.settle" && !empty) return { subject: "", quantity: 0, unit: "each", href: "/reviews" };
  if (!OF_GOODS.includes(kind) || empty) {
    const store = book.stores.get(args.store) ?? "";
    const about = PAGES[kind.split(".")[0]] ?? "/me";
    return { subject: store, quantity: 0, unit: "each", href: empty ? "/outbox" : about };
  }
  const moves = kind === "stock.move";
  // A movement goes by the name of its first goods.
  const item = moves ? args.lines[0].item : args.item;
  const amount = moves
    ? amountOf(args, unitsOf(args, undefined, book))
    : { quantity: args.delta ?? args.counted, unit: book.items.get(item)?.unit ?? "each" };
  return { subject: itemName(item, book, reader.locale), ...amount, href: `/items/${item}` };
}

/** @param {string} kind @param {any} args @param {Book} book @param {Reader} reader */
function aboutCode(kind, args, book, reader) {
  const about = { subject: shownCode(args.code), quantity: 0, unit: "each", href: "/unknown-codes" };
  if (kind !== "barcode.teach") return about;
  const named = `${about.subject} → ${itemName(args.item, book, reader.locale)}`;
  return { ...about, subject: named, href: `/items/${args.item}` };
}

/** @param {Operation} operation @param {Book} book @param {Reader} reader */
function aboutTransfer({ id, kind, args, status }, book, reader) {
  if (Object.keys(args).length === 0) return { subject: "", quantity: 0, unit: "each", href: "/outbox" };
  const asks = kind === "transfer.request";
  const transfer = asks ? args : book.transfers.get(args.transfer);
  let other = 0;
  if (transfer) other = transfer.to === reader.store ? transfer.from : transfer.to;
  const paper = asks ? id : args.transfer;
  let href = `/transfers/${paper}`;
  if (asks && NOT_DONE.includes(status)) {
    // There is no such transfer; what was refused may be corrected and sent again.
    href = status === "refused" ? askedAgain(args) : "/outbox";
  }
  const amount = amountOf(args, unitsOf(args, transfer, book));
  const named = [book.stores.get(other) ?? "", spoken(paper)].filter(Boolean);
  return { subject: named.join(" · "), ...amount, href };
}

/** @param {any} args @param {any} transfer @param {Book} book @returns {Set<string>} */
function unitsOf(args, transfer, book) {
  /** @type {Map<number, string>} */
  const byLine = new Map((transfer?.lines ?? []).map((/** @type {any} */ line) => [line.line, line.unit ?? ""]));
  const units = (args.lines ?? []).map((/** @type {any} */ line) =>
    line.item !== undefined ? book.items.get(line.item)?.unit : byLine.get(line.line),
  );
  return new Set(units.map((/** @type {string | undefined} */ unit) => unit ?? ""));
}

/** The sum of the lines where all are counted in one unit. @param {any} args @param {Set<string>} units */
function amountOf(args, units) {
  if (units.size !== 1 || units.has("")) return { quantity: 0, unit: "each" };
  let quantity = 0;
  for (const line of args.lines) for (const name of AMOUNTS) quantity += line[name] ?? 0;
  return { quantity, unit: [...units][0] };
}

/** @param {any} args */
function askedAgain({ from, to, push, lines }) {
  const parts = lines.map((/** @type {any} */ line) => `&item=${line.item}&quantity=${line.quantity}`);
  return `/transfers/new?${push ? `way=push&to=${to}` : `from=${from}`}${parts.join("")}`;
}

/** @param {number} item @param {Book} book @param {string} locale */
function itemName(item, book, locale) {
  const known = book.items.get(item);
  return known ? nameIn(locale, known) : `#${item}`;
}
