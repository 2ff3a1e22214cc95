/** The worker is killed at every `await` of the phone's code, the first time it is reached there and the last. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Book } from "../awaits/killed.js";
import { markedCopy } from "../awaits/points.js";

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
  for (const { id } of points) {
    const [title, times] =
      [...book.reached].map(([name, reached]) => [name, reached.get(id) ?? 0]).find(([, n]) => n) ?? [];
    if (title === undefined) continue;
    for (const time of new Set([1, times])) kills += Number(await book.killedAt(title, id, time));
  }
  t.diagnostic(`${points.length} awaits counted, ${points.length - unreached.length} reached, killed ${kills} times`);
  assert.deepEqual(
    unreached.map(({ path, line, code }) => `${path}:${line} ${code}`),
    [],
  );
});
