/** The worker is killed at every `await` of the phone's code, the first time it is reached there and the last. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Book } from "../awaits/killed.js";
import { markedCopy } from "../awaits/points.js";

// `AWAITS=all` is for `make prove`: every point, the first time and the last; else every other point.
const ALL = process.env.AWAITS === "all";
const ONE_OF = 2;
// What only an unlikely mishap leads to may stay unreached, a chapter's worth of code may not.
const REACHED_AT_LEAST = 0.88;
// The worker's own events and the files of a release need a browser: `tests/browser/awaits.test.js` kills it there.
const IN_A_BROWSER = /^sw\/(service_worker|precache)\.js$/;

test("killed at any await, the phone loses nothing, books nothing twice and holds what the hub holds", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "awaits-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const points = markedCopy(folder).filter(({ path }) => !IN_A_BROWSER.test(path));
  const book = await Book.open(folder);
  await book.read();
  const unreached = points.filter(({ id }) => ![...book.reached.values()].some((reached) => reached.has(id)));
  let kills = 0;
  const differences = [];
  for (const { id, path, line, code } of points.filter((_, place) => ALL || place % ONE_OF === 0)) {
    for (const [title, reached] of book.reached) {
      const times = reached.get(id);
      if (times === undefined) continue;
      for (const time of new Set(ALL ? [1, times] : [1])) {
        const { killed, difference } = await book.killedAt(title, id, time);
        kills += Number(killed);
        if (difference) differences.push(`${path}:${line} ${code} in "${title}", time ${time}: ${difference}`);
      }
      break;
    }
  }
  t.diagnostic(`${points.length} awaits counted, ${points.length - unreached.length} reached, killed ${kills} times`);
  assert.deepEqual(differences, []);
  assert.ok(
    points.length - unreached.length >= REACHED_AT_LEAST * points.length,
    unreached.map(({ path, line, code }) => `not reached: ${path}:${line} ${code}`).join("\n"),
  );
});
