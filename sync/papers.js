/**
 * What a page shows of transfers: rows of lists, and the lines and timeline of one; twin of `papers.py`.
 *
 * A transfer is the document of `PROTOCOL.md`, a reader what `readerOf` makes, `stores` the names of stores in the
 * reader's language by id. Waiting work is what this phone has not heard about; the hub never has any.
 */

import { fold } from "./formats.js";
import { hasEnded, steps } from "./projection.js";
import { nameIn, searchWords } from "./shelf.js";
import { heard, spoken } from "./spoken.js";

/** @typedef {import("./projection.js").Transfer} Transfer */
/** @typedef {import("./roles.js").Reader} Reader */
/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {Map<number, string>} Stores */
/** @typedef {ReturnType<typeof transferRow>} Row */

const DAY_MS = 86_400_000;
// Where the policy `closed_days` says nothing else.
const CLOSED_DAYS = 30;
const MOST_ENDED = 50;
// What the hub hears sooner it heard at once: nobody needs to be told.
const AT_ONCE_MS = 60_000;

/**
 * One row of a list. `quantity` is the first line's: approved where decided, else requested.
 * @param {Transfer} transfer @param {Reader} reader @param {Stores} stores @param {number} waiting
 */
export function transferRow(transfer, reader, stores, waiting) {
  const [near, far] = sides(transfer, reader);
  const [first] = transfer.lines;
  return {
    id: transfer.id,
    number: spoken(transfer.id),
    state: transfer.state,
    direction: near === transfer.from ? "out" : "in",
    store_name: stores.get(near) ?? "",
    other_name: stores.get(far) ?? "",
    subject: nameIn(reader.locale, first),
    others: transfer.lines.length - 1,
    quantity: first.approved ?? first.requested,
    unit: first.unit,
    at: changedAt(transfer),
    step: steps(transfer, reader.levels, reader.person).step,
    waiting,
  };
}

/**
 * The reader's side of a transfer and the other: their own store, else the lender of those they follow.
 * @param {Transfer} transfer @param {Reader} reader @returns {[number, number]}
 */
export function sides({ from, to }, reader) {
  const borrowing = to === reader.store || (from !== reader.store && !reader.work.includes(from));
  return borrowing ? [to, from] : [from, to];
}

/** When something last happened to it. @param {Transfer} transfer */
export function changedAt(transfer) {
  return transfer.events.length > 0 ? Math.max(...transfer.events.map((event) => event.at)) : transfer.requested_at;
}

/**
 * Rows by what is left to do, newest first: mine, open, and the fifty that ended last.
 * @param {Row[]} rows
 */
export function transferGroups(rows) {
  /** @type {Record<string, Row[]>} */
  const groups = { mine: [], open: [], ended: [] };
  for (const row of [...rows].sort((a, b) => byTime(b, a))) {
    if (row.step) groups.mine.push(row);
    else if (!hasEnded(row.state)) groups.open.push(row);
    else if (groups.ended.length < MOST_ENDED) groups.ended.push(row);
  }
  const titled = Object.entries(groups).map(([title, kept]) => ({ title, rows: kept }));
  return titled.filter((group) => group.rows.length > 0);
}

/**
 * Those that somebody searches for by number, store or item; what the list shows where nothing is asked. The list shows
 * open ones and the fifty last ended. A whole number finds everything that a phone keeps.
 * @param {Transfer[]} papers @param {string} q @param {Stores} stores
 */
export function sought(papers, q, stores) {
  const [words, number] = [searchWords(q), heard(q)];
  const ended = papers.filter((one) => hasEnded(one.state)).map((one) => ({ at: changedAt(one), id: one.id }));
  const past = new Set(
    ended
      .sort((a, b) => byTime(b, a))
      .slice(MOST_ENDED)
      .map((one) => one.id),
  );
  return papers.filter((one) => {
    if (number && spoken(one.id) === number) return true;
    return !past.has(one.id) && (words.length === 0 || isTold(one, stores, words));
  });
}

/** Whether each word stands in what a search looks through, folded. @param {Transfer} transfer @param {Stores} stores @param {string[]} words */
function isTold(transfer, stores, words) {
  const number = spoken(transfer.id);
  const ends = [transfer.from, transfer.to].map((end) => stores.get(end) ?? "");
  const goods = transfer.lines.flatMap((line) => [line.sku, line.name_en, line.name_zh]);
  const told = fold([number, number.replace("-", ""), ...ends, ...goods].join(" "));
  return words.every((word) => told.includes(word));
}

/** What waits for a step of the reader, oldest first. @param {Row[]} rows */
export function inboxRows(rows) {
  return rows.filter((row) => row.step).sort(byTime);
}

/**
 * Those a phone keeps: they touch a store whose work the reader follows, and did not end so many days ago.
 * @param {Transfer[]} papers @param {Reader} reader @param {number} now @param {number} days
 */
export function held(papers, reader, now, days = CLOSED_DAYS) {
  const followed = papers.filter(({ from, to }) => reader.work.includes(from) || reader.work.includes(to));
  return followed.filter((one) => !hasEnded(one.state) || changedAt(one) > now - days * DAY_MS);
}

/**
 * Lines with what stands in their fields. `offers` is the lender's available stock by item, null where unknown.
 *
 * `fields` is a form that was refused, shown again as it was typed. A new one starts empty, for a quantity that is
 * already there hides a shortage; only an approval starts with what was asked.
 * @param {Transfer} transfer @param {string} locale @param {string} step @param {Map<number, number> | null} offers
 * @param {Fields | null} fields
 */
export function transferLines(transfer, locale, step, offers, fields) {
  const typed = byLine(fields, "quantity");
  const damaged = byLine(fields, "damaged");
  const returned = byLine(fields, "returned");
  return transfer.lines.map((line) => ({
    line: line.line,
    item_id: line.item,
    name: nameIn(locale, line),
    sku: line.sku,
    unit: line.unit,
    requested: line.requested,
    approved: line.approved ?? -1,
    dispatched: line.dispatched,
    received: line.received,
    damaged: line.damaged,
    lost: line.lost,
    returned: line.returned ?? 0,
    available: offers === null ? -1 : Math.max(offers.get(line.item) ?? 0, 0),
    typed: typed.get(String(line.line)) ?? (step === "approve" && fields === null ? String(line.requested) : ""),
    typed_damaged: damaged.get(String(line.line)) ?? "",
    typed_returned: returned.get(String(line.line)) ?? "",
  }));
}

/**
 * Lines as who receives them blindly may see them: nothing of what was asked for, agreed or sent, -1 instead.
 * @template {object} Line @param {Line[]} lines
 */
export function unannounced(lines) {
  return lines.map((line) => ({ ...line, requested: -1, approved: -1, dispatched: -1, available: -1 }));
}

/**
 * What happened to it, oldest first; `waiting` are ids of operations that this phone has not sent yet.
 *
 * A row of an older hub, and what waits, name no device and no moment at which the hub learned of it.
 * @param {Transfer} transfer @param {Stores} stores @param {Set<string>} waiting
 */
export function timeline(transfer, stores, waiting) {
  return transfer.events.map((event) => ({
    kind: event.kind,
    at: event.at,
    person_name: event.name,
    store_name: stores.get(event.store) ?? "",
    reason: event.reason,
    waiting: waiting.has(event.operation),
    device: event.device ?? "",
    learned_at: learnedAt(event),
  }));
}

/** @param {import("./projection.js").TransferEvent} event */
function learnedAt({ at, booked_at = 0 }) {
  return booked_at > at + AT_ONCE_MS ? booked_at : 0;
}

/**
 * Seen from the reader's own store: `out`, `in`, or `other` where it does not touch it.
 * @param {Transfer} transfer @param {Reader} reader
 */
export function direction(transfer, reader) {
  if (transfer.from === reader.store) return "out";
  return transfer.to === reader.store ? "in" : "other";
}

/** @param {Fields | null} fields @param {string} name @returns {Map<string, string>} */
function byLine(fields, name) {
  const texts = fields?.[name] ?? [];
  return new Map((fields?.line ?? []).slice(0, texts.length).map((line, place) => [line, texts[place]]));
}

/** @param {{at: number, id: string}} a @param {{at: number, id: string}} b */
function byTime(a, b) {
  return a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id));
}
