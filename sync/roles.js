/**
 * What a person may see and do at a moment, by the roles in their `me` row; twin of `roles.py`.
 *
 * A role is in force from `from` until just before `to`, or for good where `to` is null.
 * Levels 2 to 4 act on stock, 1 only looks, 5 minds stores and people and has no stock powers.
 */

import { nameIn } from "./shelf.js";

/** @typedef {{level: number, stores: number[], from: number, to: number | null}} Role */
/** @typedef {{id: number, name: string, locale: string, store: number | null, roles: Role[]}} Me */
/** @typedef {{person: number, name: string, locale: string, store: number, level: number, levels: Map<number, number>,
 *   stores: number[], work: number[], minds: boolean}} Reader */

/**
 * The person who reads a page. `store` is the chosen one while it is still theirs, else the first of theirs, else 0.
 * `level` is the highest of any kind there, `levels` the acting level by store, `stores` all stores of their roles and
 * `work` those whose transfers they follow, ascending. `minds` is whether something of the shop itself is theirs to
 * mind, from store manager on.
 * @param {Me} me @param {number} at @returns {Reader}
 */
export function readerOf(me, at) {
  const roles = inForce(me.roles, at);
  const stores = [...new Set(roles.flatMap((role) => role.stores))].sort((a, b) => a - b);
  const chosen = me.store !== null && stores.includes(me.store) ? me.store : stores[0];
  const store = chosen ?? 0;
  // An administrator may look at every store, online; a phone cannot hold the work of a whole chain.
  const mindsTheChain = roles.some((role) => role.level === 5);
  return {
    person: me.id,
    name: me.name,
    locale: me.locale,
    store,
    level: Math.max(0, ...roles.filter((role) => role.stores.includes(store)).map((role) => role.level)),
    levels: actingLevels(roles),
    stores,
    work: mindsTheChain ? stores.filter((one) => one === store) : stores,
    minds: roles.some((role) => role.level >= 3),
  };
}

/** Those of the roles that hold at the moment `at`. @param {Role[]} roles @param {number} at */
export function inForce(roles, at) {
  return roles.filter((role) => role.from <= at && (role.to === null || at < role.to));
}

/** The highest level with stock powers by store; stores without one are missing. @param {Role[]} roles */
export function actingLevels(roles) {
  /** @type {Map<number, number>} */
  const levels = new Map();
  for (const role of roles.filter(({ level }) => level >= 2 && level <= 4)) {
    for (const store of role.stores) levels.set(store, Math.max(levels.get(store) ?? 0, role.level));
  }
  return levels;
}

/**
 * How many units somebody of this acting level may adjust at once; 0 for those who may not at all.
 * @param {{adjust_limits: Record<string, number>}} policy @param {number} level
 */
export function adjustLimit(policy, level) {
  return policy.adjust_limits[String(level)] ?? 0;
}

/**
 * The stores of the reader's roles, by their code, the one they stand in chosen.
 * @param {{id: number, code: string, name_en: string, name_zh: string}[]} stores @param {Reader} reader
 */
export function storeChoices(stores, reader) {
  const own = stores.filter((store) => reader.stores.includes(store.id));
  own.sort((a, b) => (a.code < b.code ? -1 : Number(a.code > b.code)));
  return own.map((store) => ({
    id: store.id,
    name: nameIn(reader.locale, store),
    chosen: store.id === reader.store,
  }));
}
