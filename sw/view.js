/**
 * What one person sees on this phone now: projection(replica, outbox), in memory, thrown away when either changes.
 *
 * Fillers of pages read it and nothing else. All of it is synchronous.
 */

import { whatIs } from "../sync/gs1.js";
import { sought } from "../sync/gs1_measures.js";
import { countsBlindly } from "../sync/projection.js";
import { readerOf } from "../sync/roles.js";
import { indexOf } from "./kept_indexes.js";
import { Overlay } from "./overlay.js";

/** @typedef {import("./catalogue_index.js").Item} Item */
/** @typedef {import("./catalogue_index.js").Locale} Locale */
/** @typedef {import("../sync/projection.js").Transfer} Transfer */
/** @typedef {import("./overlay.js").Shown} Shown */
/** @typedef {import("../sync/reviews.js").Review} Review */
/** @typedef {{id: number, code: string, name_en: string, name_zh: string, area: number, zone: number[][],
 *   assortments: number[], neighbours: [number, number][]}} Store */
/** @typedef {{level: number, stores: number[], from: number, to: number | null}} Role */
/** @typedef {{id: number, username: string, name: string, locale: Locale, store: number | null, roles: Role[]}} Person */
/** @typedef {{id: string, kind: string, args: any, at: number, status: string, code: string | null,
 *   params: Record<string, any>, now: any, review: boolean, booked_at: number,
 *   settled?: {accepted: boolean, by: string, at: number, note?: string}}} Outcome */
/** @typedef {{on_hand: number, reserved: number, in_transit_in: number, in_transit_out: number}} Stock */

/** Rows by key; a catalogue that is searched often has its `shelf`. @typedef {{rows: {get(key: string): any, values(): Iterable<any>, [Symbol.iterator](): Iterator<[string, any]>}, stamp: number, shelf?: import("./shelf.js").Shelf | null}} Source */
/**
 * @typedef {object} Sources
 * @property {number} person
 * @property {Map<string, Source>} buckets
 * @property {string[]} [coming] buckets that are on their way for the first time
 * @property {Shown[]} waiting operations of this person the hub has not told back, in order of n
 * @property {Outcome[]} answered of this person, which pulled rows may not contain yet
 * @property {number} now hub's clock, ms
 */

/** @param {Sources} sources */
export function openView(sources) {
  return new View(sources);
}

export class View {
  #buckets;
  #coming;
  #answered;
  #overlay;
  /** The moment this view was made, in the hub's clock. @type {number} */
  now;
  #catalogue;
  #shelves;
  /** @type {boolean | null} */
  #blind = null;
  /** @type {Outcome[] | null} */
  #outcomes = null;

  /** @param {Sources} sources */
  constructor({ person, buckets, waiting, answered, now, coming = [] }) {
    this.#buckets = buckets;
    this.#coming = coming;
    this.#answered = answered;
    this.now = now;
    const me = /** @type {Person} */ (this.#row(`user:${person}`, "me"));
    this.personId = person;
    /** Operations on their way, in order of n; `at` is in the hub's clock. */
    this.waiting = waiting.filter((operation) => this.#row(`user:${person}`, `outcome:${operation.id}`) === null);
    this.#catalogue = indexOf(buckets, [...buckets.keys()].filter((id) => id.startsWith("catalogue:")).sort());
    this.#overlay = new Overlay(
      this.waiting,
      me.name,
      (id) => this.#pulledTransfer(id),
      (id) => this.item(id),
      (store, item) => this.#row(`stock:${store}`, String(item))?.on_hand ?? 0,
      (id) => this.#review(id),
    );
    const { locale = me.locale, store: wanted = me.store } = this.#overlay.preferred;
    // The chosen store while it is still theirs, else the first of theirs.
    const store = readerOf({ ...me, store: wanted }, now).store || null;
    /** With language and store as chosen here. @type {Person} */
    this.person = { ...me, locale, store };
    this.locale = locale;
    this.storeId = store;
    const assortments = (this.store(store)?.assortments ?? []).map((id) => `catalogue:${id}`);
    this.#shelves = indexOf(buckets, assortments.filter((id) => buckets.has(id)).sort());
  }

  /** @param {number | null} id @returns {Store | null} */
  store(id) {
    return this.#row("chain", `store:${id}`);
  }

  /** @returns {Store[]} by id */
  stores() {
    return this.#rows("chain", "store:").sort((one, other) => one.id - other.id);
  }

  /** Of the person's store; an empty list without one. */
  get zone() {
    return this.store(this.storeId)?.zone ?? [];
  }

  /** @returns {{adjust_limits: Record<string, number>, neighbour_stock?: "all" | "area" | "none",
   *   expiry_soon_days?: number, expiry_later_days?: number, closed_days?: number, safety_units?: number, safety_percent?: number, blind_counts?: boolean, blind_receipts?: boolean, label_address?: string, label_currency?: string}} */
  get policy() {
    return this.#row("chain", "policy");
  }

  /** How many days work that ended stays here. */
  get closedDays() {
    return this.policy?.closed_days ?? 30;
  }

  /** The stock that a lender keeps for itself; see `sync/lending.js`. */
  get safety() {
    const { safety_units: units = 2, safety_percent: percent = 10 } = this.policy ?? {};
    return { units, percent };
  }

  /** @param {number} id @returns {Item | null} */
  item(id) {
    return this.#catalogue.get(id);
  }

  /** @param {string} gtin 14 digits */
  itemByGtin(gtin) {
    return this.#catalogue.byGtin(gtin);
  }

  /** @param {string} sku */
  itemBySku(sku) {
    return this.#catalogue.bySku(sku);
  }

  /** The items of the person's store in the order of their language, archived ones included. */
  itemsSorted() {
    return this.#shelves.sorted(this.locale);
  }

  /**
   * Items of the person's store: the one whose barcode or SKU `q` is, else those in which every word of `q` stands.
   * @param {string} q @param {number} offset @param {number} limit @returns {{rows: Item[], total: number}}
   */
  search(q, offset, limit) {
    const { gtin, text } = whatIs(q);
    const numbers = gtin ? sought(gtin).map((one) => this.#shelves.byGtin(one)) : [];
    const coded = numbers.find(Boolean) || this.#shelves.bySku(text);
    const exact = coded?.into === undefined ? coded : this.#shelves.get(coded.into);
    if (!exact || exact.archived) return this.#shelves.search(q, this.locale, offset, limit);
    return { rows: [exact].slice(offset, offset + limit), total: 1 };
  }

  /** @param {number} storeId @param {number} itemId @returns {Stock} */
  stock(storeId, itemId) {
    const told = this.#row(`stock:${storeId}`, String(itemId));
    const waits = this.#overlay.stock.get(`${storeId}/${itemId}`);
    const sum = (/** @type {keyof Stock} */ name) => (told?.[name] ?? 0) + (waits?.[name] ?? 0);
    return {
      on_hand: sum("on_hand"),
      reserved: sum("reserved"),
      in_transit_in: sum("in_transit_in"),
      in_transit_out: sum("in_transit_out"),
    };
  }

  /** Stores around whose stock is still on its way: not the same as none. */
  stockComing() {
    return this.neighbours().flatMap(([id]) => (this.#coming.includes(`stock:${id}`) ? [id] : []));
  }

  /** Whether the person's store carries it. @param {number} itemId */
  rangedHere(itemId) {
    return this.#shelves.has(itemId);
  }

  /** Each once, though one lies in the buckets of both its stores. @returns {Transfer[]} by id */
  transfers() {
    /** @type {Map<string, Transfer>} */
    const all = new Map();
    for (const [id, bucket] of this.#buckets) {
      if (id.startsWith("work:")) for (const row of bucket.rows.values()) all.set(row.id, row);
    }
    for (const [id, transfer] of this.#overlay.transfers) all.set(id, transfer);
    return [...all.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** @param {string} id @returns {Transfer | null} */
  transfer(id) {
    return this.#overlay.transfers.get(id) ?? this.#pulledTransfer(id);
  }

  /** Whether the person counts their store and must not be led by its figures. */
  get blind() {
    // Every row of a list asks.
    this.#blind ??= countsBlindly(this.countings(), this.storeId ?? 0, this.now);
    return this.#blind;
  }

  /** The person's own sessions of counting, what waits included. @returns {import("../sync/counts.js").Session[]} */
  countings() {
    return this.#overlay.counting(this.#rows(`user:${this.personId}`, "count:"));
  }

  /** @param {string} id */
  counting(id) {
    return this.countings().find((one) => one.id === id) ?? null;
  }

  /** What waits for somebody's word in the stores that the person manages. @returns {Review[]} */
  reviews() {
    const theirs = [...this.#buckets.keys()].filter((id) => id.startsWith("reviews:"));
    return theirs.flatMap((id) => this.#rows(id, "review:"));
  }

  /** What the hub keeps of codes that nobody knows in a store. @param {number} storeId @returns {import("../sync/unknown_codes.js").Row[]} */
  unknownCodes(storeId) {
    return this.#rows(`unknown_codes:${storeId}`, "code:");
  }

  /** What counters of a store share: what to count, again or today, and what may be joined. @param {number} storeId @param {"recount" | "open" | "due"} noun @returns {any[]} */
  counters(storeId, noun) {
    return this.#rows(`counts:${storeId}`, `${noun}:`);
  }

  /** What the hub has of lots in a store. @param {number} storeId @returns {{item: number, lots: import("../sync/lots.js").Lot[]}[]} */
  lots(storeId) {
    return this.#rows(`lots:${storeId}`, "");
  }

  /** What became of this person's operations in 30 days, newest first. @returns {Outcome[]} */
  outcomes() {
    this.#outcomes ??= this.#became();
    return this.#outcomes;
  }

  #became() {
    /** @type {Map<string, Outcome>} */
    const all = new Map(this.#rows(`user:${this.personId}`, "outcome:").map((row) => [row.id, row]));
    // What the hub tells now is newer than what it answered once: something parked may have been taken up since. Of
    // what was parked on this phone itself the hub has but a void, and tells nothing.
    for (const row of this.#answered) if (!all.has(row.id)) all.set(row.id, row);
    return [...all.values()].sort((one, other) => other.booked_at - one.booked_at || (one.id < other.id ? 1 : -1));
  }

  /** Neighbours of the person's store whose stock may be here, and how far they are, nearest first. @returns {[number, number][]} */
  neighbours() {
    const here = this.store(this.storeId);
    const { neighbour_stock: whose = "all" } = this.policy ?? {};
    if (here === null || whose === "none") return [];
    return here.neighbours.filter(([id]) => whose === "all" || this.store(id)?.area === here.area);
  }

  /** Acting level, 2 to 4, by store; stores without one are missing. @param {number} atMs @returns {Map<number, number>} */
  levels(atMs = this.now) {
    /** @type {Map<number, number>} */
    const levels = new Map();
    for (const { level, stores, from, to } of this.person.roles) {
      // Level 5 looks after the chain and moves no stock; level 1 looks.
      if (level < 2 || level > 4 || atMs < from || (to !== null && atMs >= to)) continue;
      for (const store of stores) levels.set(store, Math.max(level, levels.get(store) ?? 0));
    }
    return levels;
  }

  /** @param {number} level @param {number | null} store @param {number} atMs */
  may(level, store, atMs = this.now) {
    return (this.levels(atMs).get(store ?? 0) ?? 0) >= level;
  }

  /** Ids of the stores of the person's roles, ascending. @returns {number[]} */
  roleStores() {
    const current = this.person.roles.filter(({ from, to }) => from <= this.now && (to === null || this.now < to));
    return [...new Set(current.flatMap((role) => role.stores))].sort((one, other) => one - other);
  }

  /** @param {string} id @returns {Transfer | null} */
  #pulledTransfer(id) {
    for (const [name, bucket] of this.#buckets) {
      const row = name.startsWith("work:") && bucket.rows.get(`transfer:${id}`);
      if (row) return row;
    }
    return null;
  }

  /** @param {string} id @returns {Review | null} */
  #review(id) {
    return this.reviews().find((one) => one.id === id) ?? null;
  }

  /** @param {string} bucket @param {string} key @returns {any} */
  #row(bucket, key) {
    return this.#buckets.get(bucket)?.rows.get(key) ?? null;
  }

  /** @param {string} bucket @param {string} prefix @returns {any[]} */
  #rows(bucket, prefix) {
    const rows = [...(this.#buckets.get(bucket)?.rows ?? [])];
    return rows.filter(([key]) => key.startsWith(prefix)).map(([, row]) => row);
  }
}
