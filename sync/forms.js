/**
 * What was typed into a form, as an operation's kind and arguments or as the problem with it; twin of `forms.py`.
 */

import { ssccOf } from "./gs1.js";
import { newest, problems } from "./operations.js";

/** @typedef {Record<string, string[]>} Fields texts sent under each name, in order */
/** @typedef {{kind: string, args: Record<string, any>} | {problem: import("./operations.js").Problem}} Read */

const ACTIONS = ["approve", "unapprove", "reject", "cancel", "dispatch", "receive", "close"];

/**
 * A whole number as people type it: spaces around, full-width digits, a sign; null when it is not one.
 * @param {string} text @returns {number | null}
 */
export function whole(text) {
  const shown = stripped(text).replace(/[\uff10-\uff19\uff0d\u2212\uff0b]/g, halfWidth);
  // Adding nought keeps a typed "-0" from being another zero than the hub's.
  return /^[-+]?[0-9]{1,15}$/.test(shown) ? Number(shown) + 0 : null;
}

/** The dial of an item page → `stock.adjust`. @param {Fields} fields @param {number} store @param {number} item @returns {Read} */
export function adjustForm(fields, store, item) {
  const typed = one(fields, "quantity");
  const quantity = whole(typed);
  if (quantity === null) return refused(blank(typed) ? "quantity_missing" : "not_a_number", { field: "quantity" });
  if (quantity <= 0)
    return refused(quantity < 0 ? "quantity_negative" : "quantity_not_positive", { field: "quantity" });
  const reason = one(fields, "reason");
  if (!reason) return refused("reason_missing", { field: "reason" });
  const delta = one(fields, "direction") === "in" ? quantity : -quantity;
  const lot = stripped(one(fields, "lot"));
  const expires = lot && stripped(one(fields, "expires"));
  const about = { ...(lot ? { lot } : {}), ...(expires ? { expires } : {}) };
  return sound("stock.adjust", { store, item, delta, reason, ...about });
}

/** The forms of an item page: what eyes saw → `stock.count`, and the dial. @param {Fields} fields @param {number} store @param {number} item @returns {Read} */
export function itemForm(fields, store, item) {
  if (fields.undoes !== undefined) return undoForm(fields, store, item);
  return fields.counted === undefined ? adjustForm(fields, store, item) : countForm(fields, store, item);
}

/** The button beside an adjustment that was just made → the opposite `stock.adjust`. @param {Fields} fields @param {number} store @param {number} item @returns {Read} */
export function undoForm(fields, store, item) {
  const delta = whole(one(fields, "delta"));
  if (delta === null) return refused("not_a_number", { field: "delta" });
  const lot = stripped(one(fields, "lot"));
  const args = { store, item, delta, reason: one(fields, "reason"), ...(lot ? { lot } : {}) };
  return sound("stock.adjust", { ...args, undoes: one(fields, "undoes") });
}

/** How many stand there, of the item in the whole store. @param {Fields} fields @param {number} store @param {number} item @returns {Read} */
export function countForm(fields, store, item) {
  const typed = one(fields, "counted");
  const counted = whole(typed);
  if (counted === null) return refused(blank(typed) ? "quantity_missing" : "not_a_number", { field: "counted" });
  return sound("stock.count", { store, item, counted, scope: "store" });
}

/**
 * The new-transfer form of somebody in `store` → `transfer.request`. Lines typed as nothing are left out.
 * @param {Fields} fields @param {number} store @returns {Read}
 */
export function requestForm(fields, store) {
  const lines = [];
  const typed = fields.quantity ?? [];
  for (const [index, itemText] of (fields.item ?? []).slice(0, typed.length).entries()) {
    if (blank(typed[index])) continue;
    const item = whole(itemText);
    const quantity = whole(typed[index]);
    if (item === null || quantity === null) return refused("not_a_number", { field: "quantity" });
    lines.push({ item, quantity });
  }
  const push = one(fields, "way") === "push";
  const other = whole(one(fields, push ? "to" : "from"));
  if (other === null) return refused("store_unknown");
  if (other === store) return refused("same_store");
  /** @type {Record<string, any>} */
  const args = push ? { from: store, to: other, lines, push } : { from: other, to: store, lines };
  const note = stripped(one(fields, "note"));
  return sound("transfer.request", note ? { ...args, note } : args);
}

/** The form of a transfer's page → `transfer.<action>`. @param {Fields} fields @param {string} transfer @returns {Read} */
export function transferForm(fields, transfer) {
  const action = one(fields, "action");
  if (!ACTIONS.includes(action)) return refused("field_wrong", { field: "action" });
  /** @type {Record<string, any>} */
  const args = { transfer };
  if (!["dispatch", "receive"].includes(action)) args.from_state = one(fields, "from_state");
  if (["unapprove", "reject", "cancel", "close"].includes(action)) {
    const reason = stripped(one(fields, "reason"));
    if (reason || action !== "cancel") args.reason = reason;
    const read = action === "close" ? returned(fields) : { lines: [] };
    if ("problem" in read) return read;
    if (read.lines.length > 0) args.returned = read.lines;
  } else {
    const read = lineQuantities(fields, action);
    if ("problem" in read) return read;
    args.lines = read.lines;
    const typed = one(fields, "parcel");
    if (action !== "approve" && stripped(typed)) {
      args.parcel = ssccOf(typed);
      if (args.parcel === null) return refused("parcel_wrong");
    }
  }
  return sound(`transfer.${action}`, args);
}

/** The form of the own page → `person.prefer`. @param {Fields} fields @returns {Read} */
export function preferForm(fields) {
  /** @type {Record<string, any>} */
  const args = {};
  if (one(fields, "locale")) args.locale = one(fields, "locale");
  if (one(fields, "store")) {
    const store = whole(one(fields, "store"));
    if (store === null) return refused("store_unknown");
    args.store = store;
  }
  return sound("person.prefer", args);
}

/** @param {Fields} fields @param {string} action @returns {{lines: any[]} | {problem: import("./operations.js").Problem}} */
function lineQuantities(fields, action) {
  const numbers = (fields.line ?? []).map(whole);
  const counted = fields.quantity ?? [];
  const broken = action === "receive" ? (fields.damaged ?? []) : [];
  if (numbers.length !== counted.length || numbers.includes(null)) return refused("field_wrong", { field: "line" });
  if ([...counted, ...broken].every(blank)) return refused("quantity_missing", { field: "quantity" });
  const lines = [];
  for (const [index, line] of numbers.entries()) {
    // An empty field beside filled ones is nought: nothing of that line was seen.
    const quantity = whole(counted[index] || "0");
    const damaged = whole(broken[index] || "0");
    if (quantity === null || damaged === null) return refused("not_a_number", { field: "quantity" });
    lines.push(action === "receive" ? { line, received: quantity, damaged } : { line, quantity });
  }
  const any = lines.some((line) => Object.entries(line).some(([name, value]) => name !== "line" && value));
  if (action !== "approve" && !any) return refused("quantity_not_positive", { field: "quantity" });
  return { lines };
}

/**
 * What came back where it was sent from; nothing where nothing is typed.
 * @param {Fields} fields @returns {{lines: any[]} | {problem: import("./operations.js").Problem}}
 */
function returned(fields) {
  const lines = [];
  const numbers = fields.line ?? [];
  for (const [index, typed] of (fields.returned ?? []).slice(0, numbers.length).entries()) {
    const [line, quantity] = [whole(numbers[index]), whole(typed || "0")];
    if (line === null || quantity === null) return refused("not_a_number", { field: "returned" });
    if (quantity !== 0) lines.push({ line, quantity });
  }
  return { lines };
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

/** The last text sent under a name; "" where there is none. @param {Fields} fields @param {string} name */
export function one(fields, name) {
  return fields[name]?.at(-1) ?? "";
}

/** @param {string} text */
function blank(text) {
  return stripped(text) === "";
}

/** Without the white space around it that both ends agree on: Python and browsers each know more. @param {string} text */
export function stripped(text) {
  return text.replace(/^[ \t\r\n\u3000]+|[ \t\r\n\u3000]+$/g, "");
}

/** @param {string} c */
function halfWidth(c) {
  if (c === "\uff0d" || c === "\u2212") return "-";
  return c === "\uff0b" ? "+" : String.fromCharCode(c.charCodeAt(0) - 0xfee0);
}
