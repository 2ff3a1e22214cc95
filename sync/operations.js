/** The shape of every operation, as `operations.json` lists them; twin of `operations.py`. */

import { isoDay } from "./gs1_dates.js";
import { CATALOGUE } from "./operations_catalogue.js";

/** @typedef {{code: string, params: Record<string, number | string>}} Problem */
/** @typedef {{type: string, of?: any, optional?: boolean, least?: number, most?: number,
 *   since?: number, until?: number, was?: any}} Rule */
/** @typedef {(name: string, value: any, rule: Rule) => Problem[]} Check */

/** @type {Record<string, {v: number, nature: string, approval?: boolean, args: Record<string, Rule>}>} */
export const KINDS = CATALOGUE.kinds;
export const LIMITS = CATALOGUE.limits;
export const STATES = [
  "requested",
  "approved",
  "dispatched",
  "short",
  "received",
  "closed",
  "rejected",
  "cancelled",
  "exception",
];

/**
 * Everything wrong with an operation's shape, in the order of its fields; empty when sound.
 * @param {string} kind @param {number} v @param {unknown} args @returns {Problem[]}
 */
export function problems(kind, v, args) {
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (known === undefined) return [problem("kind_unknown")];
  if (!Number.isSafeInteger(v) || v < 1 || v > known.v) return [problem("version_unknown")];
  if (!isRecord(args)) return [problem("field_wrong", { field: "args" })];
  return recordProblems(fieldsOf(known, v), args);
}

/**
 * Whether somebody may say that such an operation counts after all: a fact, or a wish that needs approval and whose
 * author is certain. Never one of a kind that this release does not know.
 * @param {string} kind @param {boolean} signed
 */
export function mayBeAccepted(kind, signed) {
  const { nature, approval = false } = Object.hasOwn(KINDS, kind) ? KINDS[kind] : {};
  return nature === "fact" || (approval && signed);
}

/** The version in which operations of this kind are made now; 1 for a kind that nobody knows. @param {string} kind */
export function newest(kind) {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind].v : 1;
}

/**
 * Sound arguments of any version that was ever made, as the newest one would say them. In `operations.json` a field
 * says `since` which version it is there, `was` what those before it meant, and `until` which version it was there, for
 * one that went.
 * @param {string} kind @param {number} v @param {Record<string, any>} args @returns {Record<string, any>}
 */
export function upcast(kind, v, args) {
  const last = newest(kind);
  if (v >= last) return args;
  const fields = KINDS[kind].args;
  const raised = Object.fromEntries(Object.entries(args).filter(([name]) => (fields[name]?.until ?? last) >= last));
  for (const [name, { since = 1, was }] of Object.entries(fields))
    if (since > v && was !== undefined) raised[name] = was;
  return raised;
}

/** What a version of a kind is made of. @param {{args: Record<string, Rule>}} known @param {number} v */
function fieldsOf({ args }, v) {
  const fields = Object.entries(args).filter(([, { since = 1, until = v }]) => since <= v && v <= until);
  return Object.fromEntries(fields);
}

/**
 * One text for one value: keys sorted, no spaces, whole numbers only. What is signed and hashed.
 * @param {unknown} value @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const named = Object.keys(value).sort();
  return `{${named.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/**
 * The part of an operation that its signature covers; number and client stay out, for outboxes are renumbered.
 * @param {{id: string, kind: string, v: number, args: unknown, at: number, by: number}} operation
 */
export function signingText({ id, kind, v, args, at, by }) {
  return canonical({ id, kind, v, args, at, by });
}

/** A UUID in lower case with its four hyphens. @param {unknown} value */
export function isUuid(value) {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/** @param {unknown} value @returns {value is Record<string, any>} */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string} code @param {Record<string, number | string>} params @returns {Problem} */
function problem(code, params = {}) {
  return { code, params };
}

/** @param {Record<string, Rule>} fields @param {Record<string, any>} record @returns {Problem[]} */
function recordProblems(fields, record) {
  const found = [];
  for (const [name, rule] of Object.entries(fields)) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined && value !== null) found.push(...CHECKS[rule.type](name, value, rule));
    else if (!rule.optional) found.push(problem(rule.type === "lines" ? "no_lines" : "field_missing", { field: name }));
  }
  const strangers = Object.keys(record).filter((name) => !Object.hasOwn(fields, name));
  return found.concat(strangers.map((name) => problem("field_wrong", { field: shown(name) })));
}

/** @param {string} name */
function shown(name) {
  return /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(name) ? name : "?";
}

/** @type {Check} */
const id = (name, value) =>
  Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31 ? [] : [problem("field_wrong", { field: name })];

/** @type {Check} */
const uuid = (name, value) => (isUuid(value) ? [] : [problem("field_wrong", { field: name })]);

/** @type {Check} */
const choice = (name, value, rule) => (rule.of.includes(value) ? [] : [problem("field_wrong", { field: name })]);

/** @type {Check} */
const state = (name, value) => (STATES.includes(value) ? [] : [problem("field_wrong", { field: name })]);

/** @type {Check} */
function text(name, value, rule) {
  // Only lone surrogates match under the u flag; a pair is one code point.
  if (typeof value !== "string" || /[\ud800-\udfff]/u.test(value) || value.includes("\0")) {
    return [problem("field_wrong", { field: name })];
  }
  const most = rule.most ?? LIMITS.text;
  if ([...value].length > most) return [problem("text_too_long", { limit: most })];
  if (value !== "" || rule.optional) return [];
  return [problem(name === "reason" ? "reason_missing" : "field_missing", { field: name })];
}

/** `2026-11-30`, a day of the calendar in the years that goods are dated in. @type {Check} */
function day(name, value) {
  const parts = typeof value === "string" ? /^(2[0-9]{3})-([0-9]{2})-([0-9]{2})$/.exec(value) : null;
  const [year, month, date] = (parts ?? []).slice(1).map(Number);
  return parts && isoDay(year, month, date, false) ? [] : [problem("day_wrong", { field: name })];
}

/** @type {Check} */
function quantity(name, value) {
  if (!Number.isSafeInteger(value)) return [problem("not_a_number", { field: name })];
  return value < 0 ? [problem("quantity_negative", { field: name })] : notHuge(value);
}

/** @type {Check} */
function positive(name, value) {
  if (!Number.isSafeInteger(value)) return [problem("not_a_number", { field: name })];
  return value <= 0 ? [problem("quantity_not_positive", { field: name })] : notHuge(value);
}

/** @type {Check} */
function delta(name, value) {
  if (!Number.isSafeInteger(value)) return [problem("not_a_number", { field: name })];
  return value === 0 ? [problem("quantity_not_positive", { field: name })] : notHuge(Math.abs(value));
}

/** @param {number} value @returns {Problem[]} */
function notHuge(value) {
  return value > LIMITS.quantity ? [problem("quantity_huge", { limit: LIMITS.quantity })] : [];
}

/** @type {Check} */
function whole(name, value, { least = 0, most = 0 }) {
  return Number.isSafeInteger(value) && least <= value && value <= most
    ? []
    : [problem("field_wrong", { field: name })];
}

/** Each once; none at all only where the field may be missing too. @type {Check} */
function ids(name, value, rule) {
  if (!Array.isArray(value) || !value.every((one) => Number.isSafeInteger(one) && one >= 1 && one < 2 ** 31)) {
    return [problem("field_wrong", { field: name })];
  }
  if (value.length === 0 && !rule.optional) return [problem("field_wrong", { field: name })];
  if (value.length > LIMITS.chosen) return [problem("too_many_chosen", { limit: LIMITS.chosen })];
  return new Set(value).size < value.length ? [problem("field_wrong", { field: name })] : [];
}

/** @type {Check} */
function lines(name, value, rule) {
  if (!Array.isArray(value) || !value.every(isRecord)) return [problem("field_wrong", { field: name })];
  if (value.length === 0) return [problem("no_lines")];
  if (value.length > LIMITS.lines) return [problem("too_many_lines", { limit: LIMITS.lines })];
  const first = Object.keys(rule.of)[0];
  const named = value.map((line) => line[first]);
  // The same item or line twice in one operation has two meanings; neither is guessed.
  if (named.every((one) => Number.isSafeInteger(one)) && new Set(named).size < named.length) {
    return [problem("field_wrong", { field: first })];
  }
  return value.flatMap((line) => recordProblems(rule.of, line));
}

/** @type {Check} */
const flag = (name, value) => (typeof value === "boolean" ? [] : [problem("field_wrong", { field: name })]);

/** @type {Check} */
function texts(name, value, { most }) {
  if (!Array.isArray(value) || value.length > LIMITS.lines) return [problem("field_wrong", { field: name })];
  return value.flatMap((one) => text(name, one, { type: "text", most }));
}

/** Of each changed field what was there and what shall be there. @type {Check} */
function edits(name, value, rule) {
  if (!isRecord(value) || Object.keys(value).length === 0) return [problem("field_wrong", { field: name })];
  const found = [];
  for (const [field, of] of Object.entries(rule.of)) {
    if (!Object.hasOwn(value, field)) continue;
    const change = value[field];
    if (!Array.isArray(change) || change.length !== 2) found.push(problem("field_wrong", { field }));
    else found.push(...change.flatMap((one) => CHECKS[of.type](field, one, of)));
  }
  const strangers = Object.keys(value).filter((field) => !Object.hasOwn(rule.of, field));
  return found.concat(strangers.map((field) => problem("field_wrong", { field: shown(field) })));
}

/** The whole store, or shelves by their codes, each once. @type {Check} */
function scope(name, value, { most }) {
  if (value === "store") return [];
  if (!Array.isArray(value) || value.length === 0 || value.length > LIMITS.lines) {
    return [problem("field_wrong", { field: name })];
  }
  const found = value.flatMap((one) => text(name, one, { type: "text", most }));
  if (found.length > 0) return found;
  return new Set(value).size < value.length ? [problem("field_wrong", { field: name })] : [];
}

/** @type {Record<string, Check>} */
const CHECKS = {
  id,
  uuid,
  choice,
  state,
  text,
  quantity,
  positive,
  delta,
  lines,
  whole,
  ids,
  flag,
  texts,
  edits,
  scope,
  day,
};
