/** Two stores, three items and three people on a pretend hub, and phones of theirs with a network that can fail. */

import { IDBFactory } from "fake-indexeddb";
import { createPhone } from "../../sw/phone.js";
import { PretendHub } from "./pretend_hub.js";

export const ADA = 1; // associate in Harbour
export const BO = 2; // manager in Station
export const HARBOUR = 10;
export const STATION = 20;
export const TEA = 100;
export const RICE = 101;
export const SOAP = 102;
export const ORIGIN = "https://shop.test";

export function smallShop() {
  const chain = ["chain", "catalogue:1", `stock:${HARBOUR}`, `stock:${STATION}`];
  const hub = new PretendHub({
    [ADA]: [...chain, `user:${ADA}`, `work:${HARBOUR}`],
    [BO]: [...chain, `user:${BO}`, `work:${STATION}`],
  });
  for (const [id, code, neighbour] of [
    [HARBOUR, "HAR", STATION],
    [STATION, "STA", HARBOUR],
  ]) {
    const names = { name_en: `${code} store`, name_zh: `${code} 店` };
    hub.put("chain", `store:${id}`, {
      id,
      code,
      ...names,
      zone: [[0, 480]],
      assortments: [1],
      neighbours: [[neighbour, 900]],
    });
    for (const item of [TEA, RICE, SOAP]) {
      hub.put(`stock:${id}`, String(item), { on_hand: 10, reserved: 0, in_transit_in: 0, in_transit_out: 0 });
    }
  }
  hub.put("chain", "policy", { adjust_limits: { 2: 20, 3: 500, 4: 5000 } });
  person(hub, { id: ADA, name: "Ada", locale: "en", store: HARBOUR, level: 2 });
  person(hub, { id: BO, name: "Bo", locale: "zh", store: STATION, level: 3 });
  item(hub, TEA, "Green tea", "绿茶", "lü cha", "05012345678900");
  item(hub, RICE, "Rice", "大米", "da mi");
  item(hub, SOAP, "Soap", "肥皂", "fei zao");
  hub.session = ADA;
  return hub;
}

function person(hub, { id, name, locale, store, level }) {
  const roles = [{ level, stores: [store], from: 0, to: null }];
  hub.put(`user:${id}`, "me", { id, username: name.toLowerCase(), name, locale, store, roles });
}

export function item(hub, id, name_en, name_zh, sort_zh, ...gtins) {
  const fixed = { brand: "", unit: "each", price_cents: 100, lot: false, expiry: false, archived: false };
  hub.put("catalogue:1", String(id), { id, sku: `SKU-${id}`, name_en, name_zh, sort_zh, gtins, ...fixed });
}

/**
 * What a test holds in its hand: `phone`, everything it broadcast in `told`, and `line` to break the network:
 * `down` fails every request, `losesAnswer` lets the next ones arrive and loses what comes back, `before` and `after`
 * are called with each request's path and body, and `instead` may answer for the hub.
 */
export function phoneOf(hub, given = {}) {
  const line = { down: false, losesAnswer: 0, requests: [], instead: null, before: null, after: null };
  const told = [];
  const factory = given.indexedDB ?? new IDBFactory();
  const clock = given.clock ?? { skew_ms: 0 };
  const fetched = async (path, init) => {
    const body = init.body ? JSON.parse(String(init.body)) : null;
    line.requests.push({ path, body });
    await line.before?.(path, body);
    if (line.down) throw new TypeError("Failed to fetch");
    const answer = line.instead?.(path, body) ?? hub.answer(path, init);
    await line.after?.(path, body);
    if (line.losesAnswer > 0) {
      line.losesAnswer -= 1;
      throw new TypeError("Failed to fetch");
    }
    return answer;
  };
  const timers = new Set();
  const phone = createPhone({
    indexedDB: factory,
    fetch: fetched,
    now: () => Date.now() + clock.skew_ms,
    later: (delay_ms, work) => {
      const timer = { delay_ms, work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    broadcast: (message) => told.push(message),
    pages: PAGES,
    render: { en: rendered, zh: rendered },
    release: { id: "r1", headers: { en: { "content-language": "en" }, zh: { "content-language": "zh" } } },
    ...given,
  });
  return { phone, line, told, timers, indexedDB: factory, clock };
}

/** Signed in, everything pulled. */
export async function readyPhone(hub, person = ADA, given = {}) {
  const made = phoneOf(hub, given);
  hub.session = person;
  await made.phone.message({ type: "who", person });
  return made;
}

/** The same phone after the worker was killed: nothing in memory, everything in its databases. */
export function restarted(hub, { indexedDB, clock }) {
  return phoneOf(hub, { indexedDB, clock });
}

export async function get(phone, path) {
  return await phone.handle(new Request(ORIGIN + path));
}

/** @param {Record<string, string>} headers */
export async function post(phone, path, fields, headers = { "HX-Request": "true" }) {
  const body = new URLSearchParams(fields);
  const answer = await phone.handle(new Request(ORIGIN + path, { method: "POST", body, headers }));
  await phone.engine.idle();
  return answer;
}

/** Takes `delta` units away or adds them, as the form of the item page does. */
export async function adjust(phone, delta, given = {}) {
  const operation_id = given.operation_id ?? crypto.randomUUID();
  const direction = delta < 0 ? "out" : "in";
  const fields = {
    operation_id,
    quantity: String(Math.abs(delta)),
    direction,
    reason: delta < 0 ? "damaged" : "found",
  };
  const answer = await post(phone, `/items/${given.item ?? TEA}`, fields);
  return { answer, operation_id };
}

export async function onHand(phone, store = HARBOUR, of = TEA) {
  return (await phone.view()).stock(store, of).on_hand;
}

const PAGES = new Proxy({}, { get: (_, page) => (view, request) => filled(page, view, request) });

function filled(page, view, { form, mint }) {
  return { page, locale: view.locale, form: form ?? null, operation_id: mint() };
}

function rendered(template, record) {
  return JSON.stringify({ template, ...record });
}
