/**
 * What an operation makes of a transfer and of the stock figures; twin of `projection.py`.
 *
 * The hub books by these rules and the phone shows what waits by them, so both agree before they have spoken.
 * A transfer is the document that `PROTOCOL.md` describes. Nothing here asks whether somebody may; the hub's rules do.
 */

/** @typedef {{line: number, item: number, sku: string, name_en: string, name_zh: string, unit: string,
 *   requested: number, approved: number | null, dispatched: number, received: number, damaged: number,
 *   lost: number, returned?: number}} Line `returned` is missing in what an older hub told */
/** @typedef {{operation: string, kind: string, at: number, by: number, name: string, store: number,
 *   reason: string, device?: string, booked_at?: number, parcel?: string,
 *   held?: {line: number, quantity: number}[]}} TransferEvent */
/** @typedef {{id: string, from: number, to: number, decision: string, state: string, requested_by: number,
 *   requested_at: number, note: string, lines: Line[], events: TransferEvent[]}} Transfer */
/** @typedef {{id: string, kind: string, args: any, at: number, by: number, name: string}} Happened */
/** @typedef {{store: number, item: number, on_hand: number, reserved: number, in_transit_in: number,
 *   in_transit_out: number}} StockEffect */

const ORDER = ["request", "push", "approve", "unapprove", "reject", "cancel", "expire", "dispatch", "receive", "close"];
/** What is done in the store that gives, or in its name. */
const GIVES = ["push", "approve", "unapprove", "reject", "expire", "dispatch"];
/** Somebody who forgot to end a count is led by figures again the next day. */
export const LONGEST_SESSION_MS = 24 * 3_600_000;
/** @type {Record<string, string>} */
const DECIDED = {
  "transfer.approve": "approved",
  "transfer.unapprove": "requested",
  "transfer.reject": "rejected",
  "transfer.cancel": "cancelled",
  "transfer.expire": "cancelled",
  "transfer.close": "closed",
};

/**
 * The transfer once `op` has happened; `before` stays untouched. `items` names the items of a request.
 * @param {Transfer | null} before @param {Happened} op @param {(id: number) => any} items @returns {Transfer}
 */
export function transferAfter(before, op, items) {
  const after = before === null ? requested(op, items) : changed(before, op);
  after.events.push(eventOf(op, after));
  after.events.sort(eventOrder);
  after.state = stateOf(after.decision, after.lines);
  return after;
}

/**
 * The place of an event in the timeline: by time, and within one moment as a transfer goes.
 * @param {TransferEvent} a @param {TransferEvent} b
 */
function eventOrder(a, b) {
  const byId = a.operation < b.operation ? -1 : Number(a.operation > b.operation);
  return a.at - b.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || byId;
}

/**
 * What people decided and what goods did, in one word.
 *
 * Goods that moved without a standing approval, or arrived without having left, are an exception; it heals by itself
 * when the missing dispatch comes in, and otherwise by closing.
 * @param {string} decision @param {Line[]} lines
 */
export function stateOf(decision, lines) {
  if (!lines.some((line) => line.dispatched || line.received || line.damaged)) return decision;
  const roads = lines.map(onRoad);
  if (decision === "closed") return roads.some(Boolean) ? "exception" : "closed";
  if (decision !== "approved" || roads.some((road) => road < 0)) return "exception";
  if (!lines.some((line) => line.received || line.damaged)) return "dispatched";
  return roads.some(Boolean) || lines.some((line) => reserved(decision, line)) ? "short" : "received";
}

/** Nothing more is expected of it. @param {string} state */
export function hasEnded(state) {
  return ["received", "closed", "rejected", "cancelled"].includes(state);
}

/** Units that left and neither arrived nor came back nor were written off. @param {Line} line */
export function onRoad(line) {
  return line.dispatched - line.received - line.damaged - line.lost - (line.returned ?? 0);
}

/** Units promised and not yet gone. @param {string} decision @param {Line} line */
export function reserved(decision, line) {
  return decision === "approved" ? Math.max((line.approved ?? 0) - line.dispatched, 0) : 0;
}

/**
 * How the four figures of each store and item change; zeros left out.
 * @param {Transfer | null} before @param {Transfer} after @returns {StockEffect[]}
 */
export function stockEffects(before, after) {
  /** @type {Map<string, StockEffect>} */
  const sums = new Map();
  for (const line of after.lines) {
    const was = before?.lines.find((one) => one.line === line.line);
    const road = onRoad(line) - (was ? onRoad(was) : 0);
    const kept = reserved(after.decision, line) - (before && was ? reserved(before.decision, was) : 0);
    const back = (line.returned ?? 0) - (was?.returned ?? 0);
    add(sums, after.from, line.item, [(was?.dispatched ?? 0) - line.dispatched + back, kept, 0, road]);
    add(sums, after.to, line.item, [line.received - (was?.received ?? 0), 0, road, 0]);
  }
  return effects(sums);
}

/** Whether the store that has the goods proposed it, and not the one that needs them. @param {Transfer} transfer */
export function isPushed(transfer) {
  return transfer.events.some(({ kind }) => kind === "push");
}

/** The store in which somebody asked for it, and may cancel it. @param {Transfer} transfer */
function askingStore(transfer) {
  return isPushed(transfer) ? transfer.from : transfer.to;
}

/** The same for a `stock.adjust`. @param {any} args @returns {StockEffect[]} */
export function adjustEffects({ store, item, delta }) {
  return [{ store, item, on_hand: delta, reserved: 0, in_transit_in: 0, in_transit_out: 0 }];
}

/** The same for a `stock.move`. @param {any} args @returns {StockEffect[]} */
export function moveEffects({ store, lines }) {
  /** @type {Map<string, StockEffect>} */
  const sums = new Map();
  for (const { item, delta } of lines) add(sums, store, item, [delta, 0, 0, 0]);
  return effects(sums);
}

/**
 * Whether one of a person's sessions of counting hides the figures of a store; see the rows `count:`.
 * @param {{store: number, blind: boolean, closed: boolean, at: number}[]} sessions @param {number} store @param {number} now
 */
export function countsBlindly(sessions, store, now) {
  return sessions.some((one) => one.blind && one.store === store && !one.closed && one.at > now - LONGEST_SESSION_MS);
}

/**
 * The same for a `stock.count` where the book says `units` of what was counted; nothing where both agree.
 * @param {any} args @param {number} units @returns {StockEffect[]}
 */
export function countEffects({ store, item, counted }, units) {
  /** @type {Map<string, StockEffect>} */
  const sums = new Map();
  add(sums, store, item, [counted - units, 0, 0, 0]);
  return effects(sums);
}

/**
 * What this person may do now: `step`, the next one or "", and what else. `levels` is the person's acting level (2-4) by store;
 * stores without one are missing.
 * @param {Transfer} transfer @param {Map<number, number>} levels @param {number} person
 */
export function steps(transfer, levels, person) {
  const here = levels.get(transfer.from) ?? 0;
  const there = levels.get(transfer.to) ?? 0;
  const { state } = transfer;
  const decides = here >= 3 && transfer.requested_by !== person;
  const mayClose = ["dispatched", "short", "exception"].includes(state) && Math.max(here, there) >= 3;
  const away = transfer.lines.some((line) => onRoad(line) > 0);
  const arriving = ["dispatched", "short"].includes(state) && away;
  let step = "";
  if (decides && state === "requested") step = "approve";
  else if (here >= 2 && stillToGo(transfer)) step = "dispatch";
  else if (arriving && there >= 2) step = "receive";
  else if (mayClose && state !== "dispatched") step = "close";
  const mayCancel = ["requested", "approved"].includes(state) && (levels.get(askingStore(transfer)) ?? 0) >= 2;
  const [mayUnapprove, mayReject] = ["approved", "requested"].map((one) => decides && state === one);
  const mayReturn = mayClose && here >= 3 && away;
  const mayFind = state === "closed" && there >= 2 && transfer.lines.some((line) => line.lost > 0);
  return { step, mayUnapprove, mayReject, mayCancel, mayClose, mayReturn, mayFind };
}

/** @param {Happened} op @param {(id: number) => any} items @returns {Transfer} */
function requested(op, items) {
  const nothing = { approved: null, dispatched: 0, received: 0, damaged: 0, lost: 0, returned: 0 };
  const lines = op.args.lines.map((/** @type {any} */ asked, /** @type {number} */ index) => {
    const { sku, name_en, name_zh, unit } = items(asked.item);
    return { line: index + 1, item: asked.item, sku, name_en, name_zh, unit, requested: asked.quantity, ...nothing };
  });
  return {
    id: op.id,
    from: op.args.from,
    to: op.args.to,
    decision: "requested",
    state: "requested",
    requested_by: op.by,
    requested_at: op.at,
    note: op.args.note || "",
    lines,
    events: [],
  };
}

/** @param {Transfer} before @param {Happened} op @returns {Transfer} */
function changed(before, op) {
  const told = new Map((op.args.lines ?? []).map((/** @type {any} */ line) => [line.line, line]));
  const back = new Map((op.args.returned ?? []).map((/** @type {any} */ { line, quantity }) => [line, quantity]));
  const isClosed = before.decision === "closed";
  const lines = before.lines.map((line) => {
    if (op.kind === "transfer.close") return closedLine(line, back.get(line.line) ?? 0);
    return changedLine(line, op.kind, told.get(line.line), isClosed);
  });
  return { ...before, lines, decision: DECIDED[op.kind] ?? before.decision, events: [...before.events] };
}

/** What did not come back by now is lost. @param {Line} line @param {number} back @returns {Line} */
function closedLine(line, back) {
  const after = { ...line, returned: (line.returned ?? 0) + back };
  return { ...after, lost: line.lost + onRoad(after) };
}

/** @param {Line} line @param {string} kind @param {any} told @param {boolean} isClosed @returns {Line} */
function changedLine(line, kind, told, isClosed) {
  if (kind === "transfer.approve") return { ...line, approved: told?.quantity ?? 0 };
  if (kind === "transfer.unapprove") return { ...line, approved: null };
  if (told && kind === "transfer.dispatch") return { ...line, dispatched: line.dispatched + told.quantity };
  if (told && kind === "transfer.receive") {
    const after = { ...line, received: line.received + told.received, damaged: line.damaged + told.damaged };
    // Found again: what closing wrote off was not lost.
    const found = isClosed ? Math.min(Math.max(-onRoad(after), 0), Math.max(line.lost, 0)) : 0;
    return { ...after, lost: line.lost - found };
  }
  return { ...line };
}

/** @param {Happened} op @param {Transfer} transfer @returns {TransferEvent} */
function eventOf(op, transfer) {
  const kind = op.args.push ? "push" : op.kind.replace("transfer.", "");
  let store = GIVES.includes(kind) ? transfer.from : transfer.to;
  if (kind === "cancel") store = askingStore(transfer);
  const event = { operation: op.id, kind, at: op.at, by: op.by, name: op.name, store, reason: op.args.reason || "" };
  const { parcel, lines } = op.args;
  if (!parcel) return event;
  const held = kind === "dispatch" ? lines.filter((/** @type {{quantity: number}} */ line) => line.quantity) : [];
  return held.length > 0 ? { ...event, parcel, held } : { ...event, parcel };
}

/** @param {Transfer} transfer */
function stillToGo({ state, decision, lines }) {
  return ["approved", "dispatched", "short"].includes(state) && lines.some((line) => reserved(decision, line) > 0);
}

/** @param {Map<string, StockEffect>} sums */
function effects(sums) {
  return [...sums.values()].filter((e) => e.on_hand || e.reserved || e.in_transit_in || e.in_transit_out);
}

/** @param {Map<string, StockEffect>} sums @param {number} store @param {number} item @param {number[]} figures */
function add(sums, store, item, [onHand, kept, roadIn, roadOut]) {
  const key = `${store}/${item}`;
  const sum = sums.get(key) ?? { store, item, on_hand: 0, reserved: 0, in_transit_in: 0, in_transit_out: 0 };
  sum.on_hand += onHand;
  sum.reserved += kept;
  sum.in_transit_in += roadIn;
  sum.in_transit_out += roadOut;
  sums.set(key, sum);
}
