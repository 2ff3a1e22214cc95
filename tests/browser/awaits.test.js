/** A real worker is killed at awaits of its own code, begins anew, and is held against the real hub. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chapters } from "../awaits/browser_chapters.js";
import { Day } from "../awaits/browser_kills.js";
import { markedCheckout } from "../awaits/handheld.js";

// Some of all; `AWAITS=all` is for `make prove`.
const POINTS_AT_MOST = process.env.AWAITS === "all" ? Number.POSITIVE_INFINITY : 5;
// What two workers at once or a very large shop lead to is reached in `tests/sw/awaits.test.js` alone.
const REACHED_AT_LEAST = 0.93;
const TRIES = 3;

test("killed in a real browser, the phone loses nothing, books nothing twice and holds what the hub holds", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "marked-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const points = markedCheckout(folder);
  const day = await Day.begin(folder);
  t.after(() => day.end());
  const titles = await read(day);
  const unreached = points.filter(({ id }) => !titles.has(id)).map(named);
  const missed = [];
  const differences = [];
  const chosen = spread(
    points.filter(({ id }) => titles.has(id)),
    POINTS_AT_MOST,
  );
  for (const point of chosen) {
    const { died, difference } = await killedAt(day, point.id, titles.get(point.id) ?? []);
    if (difference !== "") differences.push(`killed at ${named(point)} in ${difference}`);
    else if (!died) missed.push(named(point));
  }
  const kills = chosen.length - missed.length;
  const counts = `${points.length} awaits counted, ${titles.size} reached, ${kills} of ${chosen.length} kills`;
  t.diagnostic(`${counts}, ${differences.length} differences`);
  for (const place of missed) t.diagnostic(`not reached again: ${place}`);
  assert.deepEqual(differences, []);
  assert.ok(titles.size >= REACHED_AT_LEAST * points.length, `not reached:\n${unreached.join("\n")}`);
  assert.ok(kills >= 0.9 * chosen.length, `not reached again:\n${missed.join("\n")}`);
});

/** Lives through everything once: the chapters that reach a point, by point. @param {Day} day @returns {Promise<Map<number, string[]>>} */
async function read(day) {
  /** @type {Map<number, string[]>} */
  const titles = new Map();
  for (const title of Object.keys(chapters)) {
    const { reached } = await day.live(title, 0);
    for (const point of reached) titles.set(point, [...(titles.get(point) ?? []), title]);
  }
  return titles;
}

/** Some points are reached in one order of events and not in another: then it is tried again. @param {Day} day @param {number} point @param {string[]} titles */
async function killedAt(day, point, titles) {
  for (let times = 0; times < TRIES; times += 1) {
    const title = titles[times % titles.length];
    const [lived] = await Promise.allSettled([day.live(title, point)]);
    if (lived.status === "rejected") return { died: true, difference: `"${title}": ${lived.reason}` };
    if (lived.value.died) return { died: true, difference: "" };
  }
  return { died: false, difference: "" };
}

/** @param {import("../awaits/points.js").Point} point */
function named({ path, line, code }) {
  return `${path}:${line} ${code}`;
}

/** @template T @param {T[]} all @param {number} most @returns {T[]} so many of them, evenly spread */
function spread(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, place) => all[Math.floor(((place + 0.5) * all.length) / most)]);
}
