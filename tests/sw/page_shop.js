/** A view of one phone in a shop of three stores and four items, from plain rows; a test says what waits and what came. */

import { openView } from "../../sw/view.js";

export const [ADA, BO] = [1, 2];
export const [GHENT, ANTWERP, LEIDEN] = [1, 2, 3];
export const [TEA, SOAP, CHEESE, LAMP] = [1, 2, 3, 4];
export const NOW = 1_790_000_000_000;

const NAMES = {
  [TEA]: ["Green tea", "绿茶", "each", "00400000000015"],
  [SOAP]: ["Olive soap", "橄榄皂", "each", "00400000000022"],
  [CHEESE]: ["Old cheese", "", "g", "00400000000039"],
  [LAMP]: ["Desk lamp", "台灯", "each", "00400000000046"],
};
const STORES = { [GHENT]: ["Ghent", "根特"], [ANTWERP]: ["Antwerp", "安特卫普"], [LEIDEN]: ["Leiden", "莱顿"] };
const STOCK = { [GHENT]: [5, 0, 2500], [ANTWERP]: [40, 100, 800], [LEIDEN]: [12, 3, 0] };

export const uuid = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** @param {{person?: number, level?: number, locale?: string, store?: number, waiting?: any[], outcomes?: any[], papers?: any[],
 *   reviews?: any[]}} given */
export function viewOf(given = {}) {
  const { person = ADA, level = 2, locale = "en", store = GHENT, waiting = [], outcomes = [], papers = [] } = given;
  const { reviews = [] } = given;
  const roles = [{ level, stores: [store], from: 0, to: null }];
  const me = { id: person, username: "ada", name: "Ada", locale, store, roles };
  const rows = {
    chain: { ...storeRows(), policy: { adjust_limits: { 2: 20, 3: 500, 4: 5000 } } },
    [`user:${person}`]: { me, ...Object.fromEntries(outcomes.map((row) => [`outcome:${row.id}`, row])) },
    "catalogue:1": Object.fromEntries(Object.keys(NAMES).map((id) => [id, itemRow(Number(id))])),
    [`reviews:${store}`]: Object.fromEntries(reviews.map((row) => [`review:${row.id}`, row])),
    [`work:${store}`]: Object.fromEntries(papers.map((paper) => [`transfer:${paper.id}`, paper])),
  };
  for (const [id, units] of Object.entries(STOCK)) {
    const figures = units.map((on_hand, place) => [
      String(place + 1),
      { on_hand, reserved: 0, in_transit_in: 0, in_transit_out: 0 },
    ]);
    rows[`stock:${id}`] = Object.fromEntries(figures);
  }
  const held = new Map();
  for (const [name, kept] of Object.entries(rows)) held.set(name, { rows: new Map(Object.entries(kept)), stamp: 1 });
  return openView({ person, buckets: held, waiting, answered: [], now: NOW });
}

function storeRows() {
  const near = {
    [GHENT]: [
      [ANTWERP, 51_000],
      [LEIDEN, 140_000],
    ],
    [ANTWERP]: [[GHENT, 51_000]],
    [LEIDEN]: [],
  };
  const rows = Object.entries(STORES).map(([id, [name_en, name_zh]]) => {
    const assortments = Number(id) === LEIDEN ? [] : [1];
    return [
      `store:${id}`,
      {
        id: Number(id),
        code: name_en.slice(0, 3),
        name_en,
        name_zh,
        zone: [[0, 60]],
        assortments,
        neighbours: near[id],
      },
    ];
  });
  return Object.fromEntries(rows);
}

function itemRow(id) {
  const [name_en, name_zh, unit, gtin] = NAMES[id];
  const fixed = { brand: "Lys", price_cents: 349, lot: false, expiry: false, archived: id === LAMP };
  return { id, sku: `S-00${id}`, name_en, name_zh, unit, sort_zh: String(9 - id), gtins: [gtin], ...fixed };
}

/** An operation this phone has not been answered to. */
export const waits = (number, kind, args) => ({
  id: uuid(number),
  kind,
  args,
  at: NOW - 10,
  by: ADA,
  status: "waiting",
});

/** What became of one. */
export const became = (number, status, kind, args, code = null, params = {}) => {
  const booked_at = NOW - 1000 + number;
  return { id: uuid(number), kind, args, at: booked_at, status, code, params, now: null, review: false, booked_at };
};

/** A transfer of three teas and four soaps from Antwerp to Ghent. */
export function paper(given = {}) {
  const line = (number, item, requested, more) => {
    const [name_en, name_zh, unit] = NAMES[item];
    const nothing = { approved: null, dispatched: 0, received: 0, damaged: 0, lost: 0 };
    return { line: number, item, sku: `S-00${item}`, name_en, name_zh, unit, requested, ...nothing, ...more };
  };
  const { more = {}, ...header } = given;
  const event = {
    operation: uuid(70),
    kind: "request",
    at: NOW - 5000,
    by: ADA,
    name: "Ada",
    store: GHENT,
    reason: "",
  };
  const lines = [line(1, TEA, 3, more), line(2, SOAP, 4, more)];
  const fixed = { id: uuid(70), from: ANTWERP, to: GHENT, decision: "requested", state: "requested", note: "soon" };
  return { ...fixed, requested_by: ADA, requested_at: NOW - 5000, lines, events: [event], ...header };
}

/** What a router hands to a filler. */
export function asks(address, form) {
  return { url: new URL(address, "https://shop.test"), mint: () => "minted", ...(form ? { form } : {}) };
}
