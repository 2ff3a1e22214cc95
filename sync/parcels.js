/**
 * Parcels of a transfer, by the SSCC on their labels; twin of `parcels.py`.
 *
 * A parcel is what the entries of a transfer's timeline say of it, in whatever order they came: a receipt may be known
 * before its dispatch, and two people may have received the same one.
 */

import { one } from "./forms.js";
import { ssccOf } from "./gs1.js";

/** @typedef {import("./forms.js").Fields} Fields */
/** @typedef {import("./projection.js").Transfer} Transfer */
/** @typedef {{line: number, quantity: number}} Held */
/** @typedef {{sscc: string, sent_at: number, arrived_at: number, arrivals: number, person_name: string,
 *   held: Held[]}} Parcel */

/**
 * The label of the parcel that a page is about: what its form named, word for word, else its address.
 * @param {Fields} query @param {Fields | null} form
 */
export function parcelAsked(query, form) {
  return one(form ?? query, "parcel");
}

/**
 * Its parcels in the order of their labels. `sent_at` and `arrived_at` are 0 where nobody has told of it yet, and
 * `arrivals` counts the receipts: more than one says that somebody counted it again.
 * @param {Transfer} transfer @returns {Parcel[]}
 */
export function parcelsOf(transfer) {
  /** @type {Map<string, Parcel>} */
  const found = new Map();
  for (const event of transfer.events) {
    const sscc = event.parcel ?? "";
    if (sscc === "") continue;
    const nothing = { sscc, sent_at: 0, arrived_at: 0, arrivals: 0, person_name: "", held: [] };
    found.set(sscc, told(found.get(sscc) ?? nothing, event));
  }
  return [...found.keys()].sort().map((sscc) => /** @type {Parcel} */ (found.get(sscc)));
}

/** Whether it was sent or received in a parcel with this label. @param {Transfer} transfer @param {string} sscc */
export function hasParcel(transfer, sscc) {
  return transfer.events.some((event) => (event.parcel ?? "") === sscc);
}

/**
 * A page's lines, each with what the parcel holds of it: -1 where no parcel is asked for or nobody told what is in it.
 * @template {{line: number}} Line
 * @param {Line[]} lines @param {Transfer} transfer @param {string} label
 */
export function withParcel(lines, transfer, label) {
  /** @type {Map<number, number>} */
  const units = new Map();
  const sscc = ssccOf(label);
  const held = parcelsOf(transfer).find((parcel) => parcel.sscc === sscc)?.held ?? [];
  for (const { line, quantity } of held) units.set(line, (units.get(line) ?? 0) + quantity);
  return lines.map((line) => ({ ...line, in_parcel: units.size > 0 ? (units.get(line.line) ?? 0) : -1 }));
}

/** @param {Parcel} parcel @param {import("./projection.js").TransferEvent} event @returns {Parcel} */
function told(parcel, { kind, at, name, held = [] }) {
  if (kind === "dispatch") {
    return { ...parcel, sent_at: parcel.sent_at || at, held: [...parcel.held, ...held] };
  }
  const first = { arrived_at: parcel.arrived_at || at, person_name: parcel.person_name || name };
  return { ...parcel, ...first, arrivals: parcel.arrivals + 1 };
}
