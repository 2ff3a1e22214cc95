/** A real worker is killed at awaits of its own code, begins anew, and is held against the real hub. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chapters, Day } from "../awaits/browser_kills.js";
import { MortalHandheld, markedCheckout, openMarkedHub } from "../awaits/handheld.js";
import { rowsOf } from "./books.js";
import { freePort } from "./hub.js";
import { openLine } from "./line.js";
import { PASSWORDS } from "./staff.js";

// Some in each chapter; `AWAITS=all` is for `make prove`.
const POINTS_AT_MOST = process.env.AWAITS === "all" ? Number.POSITIVE_INFINITY : 8;

test("killed in a real browser, the phone loses nothing, books nothing twice and holds what the hub holds", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "marked-"));
  const points = markedCheckout(folder);
  const hub = await openMarkedHub(folder, await freePort());
  const line = await openLine(hub);
  const handheld = new MortalHandheld(line.address);
  t.after(async () => {
    await handheld.throwAway();
    await line.cut();
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await handheld.start();
  const [{ id: person }] = rowsOf(hub, "SELECT id FROM people WHERE username = 'ada'");
  await handheld.signIn("ada", PASSWORDS.ada, person);
  const day = new Day(handheld, hub, line, person);
  /** @type {Map<number, string>} */
  const places = new Map();
  for (const title of Object.keys(chapters)) {
    const { reached } = await day.live(title, 0);
    for (const point of reached) if (!places.has(point)) places.set(point, title);
  }
  const chosen = spread(
    [...places].sort(([one], [other]) => one - other),
    POINTS_AT_MOST,
  );
  let kills = 0;
  const differences = [];
  for (const [point, title] of chosen) {
    const { path, line: at } = points[point - 1];
    const [lived] = await Promise.allSettled([day.live(title, point)]);
    if (lived.status === "fulfilled") kills += Number(lived.value.died);
    else differences.push(`killed at ${path}:${at} in "${title}": ${lived.reason}`);
  }
  const counts = `${points.length} awaits counted, ${places.size} reached, ${kills} of ${chosen.length} kills`;
  t.diagnostic(`${counts}, ${differences.length} differences`);
  assert.deepEqual(differences, []);
  // The rest is reached where a hub can be made to restart and blocks to be folded: in `tests/sw/awaits.test.js`.
  assert.ok(places.size > 0.4 * points.length, `${places.size} of ${points.length} awaits are reached`);
  assert.ok(kills >= chosen.length * 0.9, `killed at ${kills} of ${chosen.length}`);
});

/** @template T @param {T[]} all @param {number} most @returns {T[]} so many of them, evenly spread */
function spread(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, place) => all[Math.floor(((place + 0.5) * all.length) / most)]);
}
