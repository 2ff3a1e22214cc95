/**
 * A form of a page, made into an operation and saved before the answer says so.
 *
 * Whether the shop allows it is the hub's to say; here only the shape is checked, by the same code as there.
 */

import { againForm, beginForm, joinForm, sessionForm } from "../sync/counts.js";
import { itemForm, one, preferForm, requestForm, transferForm } from "../sync/forms.js";
import { expiryForm, lotForm } from "../sync/lots.js";
import { isUuid, newest } from "../sync/operations.js";
import { reviewForm } from "../sync/reviews.js";
import { codeForm, keptCode, matchAddress, teachForm } from "../sync/unknown_codes.js";
import { voided } from "./numbering.js";
import { fieldsOf } from "./page_frame.js";
import { kept } from "./room.js";
import { sign } from "./signing.js";

/** @typedef {import("../sync/forms.js").Fields} Fields */
/** @typedef {{to: string} | {problem: import("../sync/operations.js").Problem}} Done where to go next, or why not */
/** @typedef {import("./phone.js").Phone} Phone */
/** @typedef {import("./view.js").View} View */
/** @typedef {{path: RegExp, take: (phone: Phone, view: View, fields: Fields, id: string, url: URL) => Promise<Done>}} FormRoute */

/** The forms of the staff pages by the page they stand on. @type {FormRoute[]} */
export const formRoutes = [
  { path: /^\/items\/([1-9][0-9]{0,9})$/, take: tell },
  { path: /^\/transfers\/new$/, take: request },
  { path: /^\/transfers\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, take: step },
  { path: /^\/me$/, take: prefer },
  { path: /^\/outbox$/, take: tend },
  { path: /^\/reviews$/, take: settle },
  { path: /^\/counts$/, take: begin },
  { path: /^\/counts\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, take: count },
  { path: /^\/$/, take: keep },
  { path: /^\/expiry$/, take: expire },
  { path: /^\/unknown-codes$/, take: dismiss },
  { path: /^\/unknown-codes\/match$/, take: teach },
];

/** @type {FormRoute["take"]} */
async function tell(phone, view, fields, id) {
  const blocks = fields.block !== undefined;
  const read = blocks ? lotForm(fields, Number(id)) : itemForm(fields, view.storeId ?? 0, Number(id));
  return await saved(phone, view, fields, read, `/items/${id}`);
}

/** @type {FormRoute["take"]} */
async function request(phone, view, fields) {
  const read = requestForm(fields, view.storeId ?? 0);
  return await saved(phone, view, fields, read, `/transfers/${fields.operation_id?.at(-1) ?? ""}`);
}

/** @type {FormRoute["take"]} */
async function step(phone, view, fields, id) {
  return await saved(phone, view, fields, transferForm(fields, id), `/transfers/${id}`);
}

/** @type {FormRoute["take"]} */
async function prefer(phone, view, fields) {
  const read = preferForm(fields);
  const store = "args" in read ? read.args.store : undefined;
  const strange = store !== undefined && !view.roleStores().includes(store);
  return await saved(phone, view, fields, strange ? refused("store_not_yours") : read, "/me");
}

/** A card of the page of reviews. @type {FormRoute["take"]} */
async function settle(phone, view, fields) {
  return await saved(phone, view, fields, reviewForm(fields), "/reviews");
}

/** A count of the whole store or of some shelves, one that somebody else began, or an item that is counted once more. @type {FormRoute["take"]} */
async function begin(phone, view, fields) {
  const isAgain = "item" in fields;
  const store = view.storeId ?? 0;
  const joins = "joins" in fields ? joinForm(fields, view.counters(store, "open")) : null;
  const read = joins ?? (isAgain ? againForm(fields, store) : beginForm(fields, store));
  const onward = isAgain ? "" : `/${fields.operation_id?.at(-1) ?? ""}`;
  return await saved(phone, view, fields, read, `/counts${onward}`);
}

/** An item on a shelf, or the end. @type {FormRoute["take"]} */
async function count(phone, view, fields, id) {
  const session = /** @type {import("../sync/counts.js").Session} */ (view.counting(id));
  return await saved(phone, view, fields, sessionForm(fields, session), `/counts/${id}`);
}

/** A code that was scanned and nobody knows. @type {FormRoute["take"]} */
async function keep(phone, view, fields) {
  return await saved(phone, view, fields, codeForm(fields, view.storeId ?? 0), "/");
}

/** A lot that is taken off the shelf, or counted. @type {FormRoute["take"]} */
async function expire(phone, view, fields) {
  return await saved(phone, view, fields, expiryForm(fields, view.storeId ?? 0), "/expiry");
}

/** One that is put away. @type {FormRoute["take"]} */
async function dismiss(phone, view, fields) {
  return await saved(phone, view, fields, codeForm(fields, view.storeId ?? 0), "/unknown-codes");
}

/** Whose a code is. @type {FormRoute["take"]} */
async function teach(phone, view, fields, _id, url) {
  const code = one(fieldsOf(url), "code");
  const read = teachForm(fields, view.storeId ?? 0, code);
  return await saved(phone, view, fields, read, matchAddress(keptCode(code)));
}

/** The outbox page: take an operation back, or send now. @type {FormRoute["take"]} */
async function tend(phone, view, fields) {
  if (fields.action?.at(-1) !== "withdraw") {
    phone.wake();
    return { to: "/outbox" };
  }
  const row = await phone.outbox.waiting(fields.operation?.at(-1) ?? "");
  if (row === undefined || row.by !== view.personId) return refused("not_waiting");
  const mac = await sign(phone.world.subtle, phone.signingKey(), voided(row, ""));
  if (!(await kept(phone, () => phone.outbox.withdraw(row.id, mac)))) return refused("not_waiting");
  phone.wake();
  await phone.changed(["outbox"]);
  return { to: "/outbox" };
}

/**
 * @param {Phone} phone @param {View} view @param {Fields} fields @param {import("../sync/forms.js").Read} read
 * @param {string} to @returns {Promise<Done>}
 */
async function saved(phone, view, fields, read, to) {
  const id = fields.operation_id?.at(-1);
  if (!isUuid(id)) return refused("field_missing", { field: "operation_id" });
  const known = /** @type {string} */ (id);
  // Tapped twice, or an old page sent again: it is saved already, whatever the fields hold now, and `record` leaves it.
  if ("problem" in read) return (await phone.outbox.has(known)) ? { to } : read;
  const { now, mono, subtle } = phone.world;
  const operation = {
    id: known,
    kind: read.kind,
    v: newest(read.kind),
    args: read.args,
    at: Math.round(now()),
    by: view.personId,
  };
  const mac = await sign(subtle, phone.signingKey(), operation);
  const dep = standsOn(view, read.args.transfer);
  const clocks = { mono: Math.round(mono()), offset: phone.hub.offset };
  await kept(phone, () => phone.outbox.record({ ...operation, ...clocks, mac, ...(dep ? { dep } : {}) }));
  // Saved is saved: the answer does not wait until everybody has heard of it.
  phone.world.afterAnswer(() => {
    phone.wake();
    phone.changed(["outbox"]).catch(phone.world.report);
  });
  return { to };
}

/** The last waiting operation on the same transfer. @param {View} view @param {string | undefined} transfer */
function standsOn(view, transfer) {
  if (transfer === undefined) return undefined;
  return view.waiting.findLast(({ id, args }) => id === transfer || args.transfer === transfer)?.id;
}

/** @param {string} code @param {Record<string, string | number>} params */
function refused(code, params = {}) {
  return { problem: { code, params } };
}
