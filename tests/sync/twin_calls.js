/** Calls a function of `sync` as an example or a random input says: `{module, call, with}`; twin of `twin_calls.py`. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as checksum from "../../sync/checksum.js";
import * as counts from "../../sync/counts.js";
import * as draft from "../../sync/draft.js";
import * as formats from "../../sync/formats.js";
import * as forms from "../../sync/forms.js";
import * as gs1 from "../../sync/gs1.js";
import * as ids from "../../sync/ids.js";
import * as insteads from "../../sync/instead.js";
import * as journal from "../../sync/journal.js";
import * as labelFace from "../../sync/label_face.js";
import * as labelText from "../../sync/label_text.js";
import * as labels from "../../sync/labels.js";
import * as lending from "../../sync/lending.js";
import * as lots from "../../sync/lots.js";
import * as operations from "../../sync/operations.js";
import * as papers from "../../sync/papers.js";
import * as parcels from "../../sync/parcels.js";
import * as projection from "../../sync/projection.js";
import * as qr from "../../sync/qr.js";
import * as reviews from "../../sync/reviews.js";
import * as roles from "../../sync/roles.js";
import * as shelf from "../../sync/shelf.js";
import * as spoken from "../../sync/spoken.js";
import * as symbols from "../../sync/symbols.js";
import * as tour from "../../sync/tour.js";
import * as unknown_codes from "../../sync/unknown_codes.js";

const MODULES = {
  checksum,
  counts,
  draft,
  formats,
  forms,
  gs1,
  ids,
  instead: insteads,
  journal,
  label_face: labelFace,
  label_text: labelText,
  labels,
  lending,
  lots,
  operations,
  papers,
  parcels,
  projection,
  qr,
  reviews,
  roles,
  shelf,
  spoken,
  symbols,
  tour,
  unknown_codes,
};
const ARGUMENTS = JSON.parse(readFileSync(new URL("twin_arguments.json", import.meta.url), "utf8"));

/** The result as JSON would carry it. @param {{module: string, call: string, with: any[]}} call */
export function answer(call) {
  const kinds = ARGUMENTS[`${call.module}.${call.call}`] ?? [];
  const given = call.with.map((value, place) => as(kinds[place] ?? "", value));
  const named = new Map(Object.entries(MODULES[call.module])).get(camel(call.call));
  try {
    return JSON.parse(JSON.stringify(plain(named(...given))));
  } catch (error) {
    if (error instanceof RangeError) return { raises: true };
    throw error;
  }
}

function as(kind, value) {
  if (value === null || kind === "") return value;
  if (kind === "set") return new Set(value);
  if (kind === "by_id") return (id) => value[id];
  if (kind === "reader") return { ...value, levels: numbered(value.levels) };
  if (kind === "book") {
    const transfers = new Map(Object.entries(value.transfers));
    return { items: numbered(value.items), transfers, stores: numbered(value.stores) };
  }
  return numbered(value);
}

function numbered(byText) {
  return new Map(Object.entries(byText).map(([number, value]) => [Number(number), value]));
}

/** Results with maps as objects and, where a program reads them and no page, names as JavaScript writes them. */
function plain(result) {
  if (result instanceof Map) return Object.fromEntries(result);
  if (Array.isArray(result) || typeof result !== "object" || result === null) return result;
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [snake(name), value instanceof Map ? plain(value) : value]),
  );
}

function camel(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

function snake(name) {
  return /^may[A-Z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const calls = JSON.parse(readFileSync(0, "utf8"));
  process.stdout.write(JSON.stringify(calls.map(answer)));
}
