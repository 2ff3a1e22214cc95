/** What operations that the hub has not told us back yet make of transfers, stock and preferences. Kept nowhere. */

import { adjustEffects, countEffects, moveEffects, stockEffects, transferAfter } from "../sync/projection.js";
import { changeOf } from "../sync/reviews.js";

/** @typedef {import("../sync/projection.js").Transfer} Transfer */
/** @typedef {import("../sync/projection.js").StockEffect} StockEffect */
/** @typedef {import("../sync/reviews.js").Review} Review */
/** @typedef {{id: string, kind: string, args: any, at: number, by: number, status: string}} Shown */

export class Overlay {
  /** Changed and new transfers. @type {Map<string, Transfer>} */
  transfers = new Map();
  /** Sums of changes by `store/item`. @type {Map<string, StockEffect>} */
  stock = new Map();
  /** @type {{locale?: "en" | "zh", store?: number}} */
  preferred = {};
  /** @type {Shown[]} */
  #opened = [];
  /** @type {Set<string>} */
  #closed = new Set();

  /**
   * @param {Shown[]} operations in order of n @param {string} name of the person who did them
   * @param {(id: string) => Transfer | null} transfer as the hub told it @param {(id: number) => any} item
   * @param {(store: number, item: number) => number} onHand as the hub told it
   * @param {(id: string) => Review | null} review as the hub told it
   */
  constructor(operations, name, transfer, item, onHand, review) {
    for (const operation of operations) {
      if (operation.kind === "person.prefer") Object.assign(this.preferred, given(operation.args));
      else if (operation.kind === "count.open") this.#opened.push(operation);
      else if (operation.kind === "count.close") this.#closed.add(operation.args.session);
      else if (operation.kind === "review.settle") this.#settle(operation.args, review, transfer, item);
      else if (operation.kind === "stock.count") this.#count(operation.args, onHand);
      else this.#happen(operation, name, transfer, item);
    }
  }

  /** The person's sessions of counting, `told` as the hub told them. @param {any[]} told */
  counting(told) {
    const known = new Set(told.map(({ id }) => id));
    const opened = this.#opened.flatMap(({ id, at, args: { store, scope, blind, sealed, joins } }) => {
      const own = { id, store, scope, blind: blind || sealed, sealed, closed: false, at };
      return known.has(id) ? [] : [joins ? { ...own, joins } : own];
    });
    return [...told, ...opened].map((one) => (this.#closed.has(one.id) ? { ...one, closed: true } : one));
  }

  /** @param {Shown} operation @param {string} name @param {(id: string) => Transfer | null} transfer @param {(id: number) => any} item */
  #happen(operation, name, transfer, item) {
    const { id, kind, args } = operation;
    if (kind === "stock.adjust") this.#add(adjustEffects(args));
    else if (kind === "stock.move") this.#add(moveEffects(args));
    else if (kind === "transfer.request") {
      if (transfer(id) === null && args.lines.every((/** @type {any} */ line) => item(line.item))) {
        this.#change(null, { ...operation, name }, item);
      }
    } else if (kind.startsWith("transfer.")) {
      const before = this.transfers.get(args.transfer) ?? transfer(args.transfer);
      if (before && stands(before, operation)) this.#change(before, { ...operation, name }, item);
    }
  }

  /**
   * What was accepted here has its effect, as far as it can be told without the hub's books.
   * @param {any} args @param {(id: string) => Review | null} review @param {(id: string) => Transfer | null} transfer
   * @param {(id: number) => any} item
   */
  #settle({ operation, accept }, review, transfer, item) {
    const told = accept ? review(operation) : null;
    if (told?.status !== "review") return;
    const on_hand = changeOf(told);
    if (told.kind !== "stock.count") this.#happen(told, told.name, transfer, item);
    else if (on_hand !== null) {
      this.#add([
        { store: told.store, item: told.args.item, on_hand, reserved: 0, in_transit_in: 0, in_transit_out: 0 },
      ]);
    }
  }

  /** @param {Transfer | null} before @param {import("../sync/projection.js").Happened} operation @param {(id: number) => any} item */
  #change(before, operation, item) {
    const after = transferAfter(before, operation, item);
    this.transfers.set(after.id, after);
    this.#add(stockEffects(before, after));
  }

  /**
   * What eyes saw stands, whatever the hub said before; what was done after it counts from there. A lot or a shelf by
   * itself tells nothing here: phones know goods by their sum.
   * @param {any} args @param {(store: number, item: number) => number} onHand
   */
  #count(args, onHand) {
    if (args.lot || args.shelf || Array.isArray(args.scope)) return;
    const waits = this.stock.get(`${args.store}/${args.item}`)?.on_hand ?? 0;
    this.#add(countEffects(args, onHand(args.store, args.item) + waits));
  }

  /** @param {StockEffect[]} effects */
  #add(effects) {
    for (const effect of effects) {
      const key = `${effect.store}/${effect.item}`;
      const sum = this.stock.get(key) ?? { ...effect, on_hand: 0, reserved: 0, in_transit_in: 0, in_transit_out: 0 };
      sum.on_hand += effect.on_hand;
      sum.reserved += effect.reserved;
      sum.in_transit_in += effect.in_transit_in;
      sum.in_transit_out += effect.in_transit_out;
      this.stock.set(key, sum);
    }
  }
}

/**
 * Not when pulled rows contain it already (its answer was lost), nor when somebody else was first: the hub will refuse it.
 * @param {Transfer} transfer @param {Shown} operation
 */
function stands(transfer, { id, args }) {
  if (transfer.events.some((event) => event.operation === id)) return false;
  return args.from_state === undefined || args.from_state === transfer.state;
}

/** @param {Record<string, any>} args */
function given(args) {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined && value !== null));
}
