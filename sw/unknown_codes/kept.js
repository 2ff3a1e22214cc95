/** The unknown codes of a store as this phone knows them: what the hub keeps, and what waits here. */

import { codeAfter, codeDismissed, codesListed, keptCode } from "../../sync/unknown_codes.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../../sync/unknown_codes.js").Row} Row */

/** How often a code was scanned that the reader's store keeps; 0 where it does not. @param {View} view @param {string} code */
export function timesKept(view, code) {
  const kept = keptCode(code);
  return codesKept(view, view.storeId ?? 0).find((row) => row.code === kept)?.times ?? 0;
}

/** What a store keeps, with what this phone has said and not heard about. @param {View} view @param {number} store */
export function codesKept(view, store) {
  /** @type {Map<string, Row>} */
  const rows = new Map(view.unknownCodes(store).map((row) => [row.code, row]));
  for (const operation of view.waiting) {
    const { kind, args } = operation;
    if (!kind.startsWith("code.") || args.store !== store) continue;
    const code = keptCode(args.code);
    const before = rows.get(code) ?? null;
    const dismissed = before && codeDismissed(before, operation.at);
    const after = kind === "code.unknown" ? codeAfter(before, operation) : dismissed;
    if (after) rows.set(code, after);
  }
  const known = [...rows.keys()].filter((code) => {
    const item = view.itemByGtin(code);
    return item !== null && view.rangedHere(item.id);
  });
  return codesListed([...rows.values()], known);
}
