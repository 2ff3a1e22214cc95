import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../../sw/changes.js";

function listened() {
  const clock = { now: 1_000_000 };
  /** @type {{ type: string, buckets: string[] }[]} */
  const heard = [];
  const world = { now: () => clock.now, broadcast: (/** @type {any} */ news) => heard.push(news) };
  return { clock, heard, changes: new Changes(/** @type {any} */ (world)) };
}

test("a page that was begun before a change and listens only since hears of it", () => {
  const { clock, heard, changes } = listened();
  const begun = clock.now;
  clock.now += 5;
  changes.tell(["outbox"]);
  changes.tell(["outbox", "user:5"]);
  heard.length = 0;
  changes.tellSince(begun);
  assert.deepEqual(heard, [{ type: "changed", buckets: ["outbox", "user:5"] }]);
});

test("a page that was begun after it hears nothing, and nobody asks without a time", () => {
  const { clock, heard, changes } = listened();
  changes.tell(["stock:1"]);
  heard.length = 0;
  changes.tellSince(clock.now + 1);
  for (const since of [undefined, null, "0", 0.5]) changes.tellSince(since);
  assert.deepEqual(heard, []);
});
