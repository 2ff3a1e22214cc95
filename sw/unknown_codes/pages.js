/** Codes that nobody knows, from this phone; twin of `server/unknown_codes/pages.py`. */

import { one, stripped } from "../../sync/forms.js";
import { told } from "../../sync/journal.js";
import { nameIn, searchAsked } from "../../sync/shelf.js";
import { codeRow, KINDS, keptCode, matchAddress, neighbours, proposals, shownCode } from "../../sync/unknown_codes.js";
import { mayAct } from "../catalogue/pages.js";
import { answeredIn, bookOf, fieldsOf, frame, readerIn, waitingIn } from "../page_frame.js";
import { itemByCode } from "../scanning/pages.js";
import { codesKept } from "./kept.js";

/** @typedef {import("../view.js").View} View */
/** @typedef {import("../surroundings.js").PageRequest} PageRequest */
/** @typedef {import("../../sync/roles.js").Reader} Reader */
/** @typedef {import("../../sync/unknown_codes.js").Row} Row */

const MOST_OFFERED = 10;

/** @param {View} view @param {PageRequest} request */
export function unknownCodeListPage(view, request) {
  const reader = readerIn(view);
  const rows = shown(view, reader, codesKept(view, reader.store));
  return {
    frame: frame(view, reader, "scan"),
    rows: rows.map((row) => ({ ...row, operation_id: request.mint() })),
    may: mayAct(reader),
    problem: request.form?.problem ?? null,
  };
}

/** @param {View} view @param {PageRequest} request */
export function unknownCodeMatchPage(view, request) {
  const reader = readerIn(view);
  const fields = fieldsOf(request.url);
  const code = keptCode(one(fields, "code"));
  const q = searchAsked(one(fields, "q"));
  const rows = codesKept(view, reader.store).filter((row) => row.code === code);
  const found = stripped(q) === "" ? { rows: [], total: 0 } : view.search(q, 0, MOST_OFFERED);
  return {
    frame: frame(view, reader, "scan"),
    code,
    shown: shownCode(code),
    href: matchAddress(code),
    row: shown(view, reader, rows)[0] ?? null,
    known: (code && itemByCode(view, code)?.id) || 0,
    near: rows.flatMap((row) => neighbours(row).map((beside) => neighbour(view, beside))),
    q,
    total: found.total,
    found: found.rows.map(({ id, sku, brand, ...named }) => {
      return { id, name: nameIn(reader.locale, named), sku, brand, operation_id: request.mint() };
    }),
    may: mayAct(reader),
    operation_id: request.mint(),
    problem: request.form?.problem ?? null,
  };
}

/** @param {View} view @param {Reader} reader @param {Row[]} rows */
function shown(view, reader, rows) {
  const waiting = waitingIn(view).filter(({ kind }) => KINDS.includes(kind));
  const said = proposals([...waiting.toReversed(), ...answeredIn(view)], reader.store);
  const book = bookOf(view, reader, [...said.values()]);
  return rows.map((row) => {
    const own = said.get(row.code);
    const here = waiting.filter(({ args }) => args.store === reader.store && keptCode(args.code) === row.code);
    return codeRow(row, own ? told(own, book, reader) : null, here.length);
  });
}

/** @param {View} view @param {string} code */
function neighbour(view, code) {
  const known = itemByCode(view, code);
  return { shown: shownCode(code), item_id: known?.id ?? 0, name: known ? nameIn(view.locale, known) : "" };
}
