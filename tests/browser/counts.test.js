/** A blind count of two shelves without a network: nothing is saved by hand, and the hub has it all afterwards. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { retype, see, signIn, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {import("./line.js").Line} */
let line;
const handheld = new Handheld();
/** @type {import("puppeteer-core").Page} */
let ada;

before(async () => {
  hub = await openHub();
  line = await openLine(hub);
  ada = await handheld.start();
  await signIn(ada, line.address, "ada");
});
after(async () => {
  await handheld.throwAway();
  await line.cut();
  await hub.close();
});

/** @param {string} code @param {RegExp} times */
async function scan(code, times) {
  await wedge(ada, code);
  await see(ada, "#scan-list .scan-row:first-child .scan-times", times);
}

test("two shelves are counted without a network, left and finished, and the hub has the last word on each", async () => {
  const codes = [...hub.said.matchAll(/scan (\d{13})/g)].map(([, code]) => code);
  await line.cut();
  await ada.goto(`${line.address}/counts`);
  await retype(ada, "#count-shelves", "A-1, B-2");
  await tapTo(ada, "#count-begin button", /^\/counts\/[0-9a-f-]{36}$/);
  await see(ada, "h1", /Which shelf/);
  await tap(ada, '#count-shelves [value="A-1"]');
  await see(ada, "h1", /Shelf A-1/);
  await scan(codes[0], /×1/);
  await scan(codes[1], /×1/);
  await scan(codes[0], /×2/);
  await tap(ada, '#count-shelves [value="B-2"]');
  await see(ada, "h1", /Shelf B-2/);
  await scan(codes[0], /×1/);
  // Left before it was recorded, and back again: it goes on from its number.
  await tap(ada, '#count-shelves [value="A-1"]');
  await see(ada, "h1", /Shelf A-1/);
  await scan(codes[0], /×3/);
  await ada.reload();
  await see(ada, "#scan-list .scan-row:first-child .scan-times", /×3/);
  await tap(ada, '#count-shelves [value="B-2"]');
  await see(ada, "#count-shelves", /A-1\s*2\s*B-2\s*1/);
  await see(ada, "#count-state", /All of it is recorded/);
  await tapTo(ada, "#count-finish button", /^\/counts$/);
  await line.mend();
  await stateOf(ada, { waiting: 0, live: true });
  const told = rowsOf(
    hub,
    "SELECT kind, status, args FROM outcomes WHERE kind IN (?, ?) ORDER BY n",
    "stock.count",
    "count.close",
  );
  const counts = told.map(({ kind, args }) => ({ kind, ...JSON.parse(args) }));
  const last = new Map(counts.map(({ kind, item, shelf, counted }) => [`${kind} ${item} ${shelf}`, counted]));
  assert.deepEqual([...last.values()].sort(), [1, 1, 3, undefined]);
  assert.equal(counts.at(-1)?.kind, "count.close");
});
