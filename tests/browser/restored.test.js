/** The hub loses its database and is put back to an older backup: the phone brings back what it did since, once. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { retype, see, signIn, stateOf } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const ITEM = "/items/4";
const BACK_WITHIN_MS = 30_000;

/** @type {import("./hub.js").Hub} */
let hub;
const handheld = new Handheld();
/** @type {Page} */
let page;

before(async () => {
  hub = await openHub();
  page = await handheld.start();
  await signIn(page, hub.address, "ada");
});
after(async () => {
  await handheld.throwAway();
  await hub.close();
});

/** @param {string} quantity */
async function add(quantity) {
  await page.goto(hub.address + ITEM);
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", quantity);
  await page.click("button[name=reason][value=found]");
  await see(page, "#toast:not([hidden])", /\w/);
}

/** What was found of the item in Ghent since the demo began. @returns {number[]} */
const found = () =>
  rowsOf(
    hub,
    "SELECT delta FROM ledger WHERE item_id = 4 AND location_id = 2 AND kind = 'adjust' AND reason = 'found' ORDER BY id DESC LIMIT 4",
  ).map(({ delta }) => delta);

/** @param {string[]} words */
function stockhand(...words) {
  const { status, stdout, stderr } = hub.command(...words, "--data", hub.data);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

test("after the restore the phone works on, and everything it did is in the books once", async (t) => {
  const before = found();
  const backup = join(hub.data, "monday.stockhand");
  await add("19");
  await stateOf(page, { waiting: 0, live: true });
  assert.match(stockhand("backup", backup), /holds the shop/);
  await add("17");
  await stateOf(page, { waiting: 0, live: true });
  await add("13");
  await stateOf(page, { waiting: 0, live: true });
  assert.deepEqual(found().slice(0, 3), [13, 17, 19]);
  const shown = () =>
    page.$eval("#main", (main) => main.querySelector(".hero-number, .figure-main")?.textContent ?? "");
  await page.goto(hub.address + ITEM);
  const figure = await shown();

  await hub.kill();
  assert.match(stockhand("restore", backup, "--replace"), /The shop stands as of/);
  await hub.start();
  assert.deepEqual(found().slice(0, 2), [19, ...before].slice(0, 2));
  // The phone goes on by itself, and asks for a sign-in before it sends.
  await page.goto(hub.address + ITEM);
  assert.equal(await shown(), figure);
  await stateOf(page, { paused: "sign-in" }, BACK_WITHIN_MS);

  const began = Date.now();
  await signIn(page, hub.address, "ada");
  await stateOf(page, { waiting: 0, live: true, paused: "" }, BACK_WITHIN_MS);
  const until = Date.now() + BACK_WITHIN_MS;
  while (found().length < 3 + Math.min(before.length, 1) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(found(), [13, 17, 19, ...before].slice(0, 4));
  t.diagnostic(`back in the books ${Date.now() - began} ms after the sign-in began`);
  await page.goto(hub.address + ITEM);
  assert.equal(await shown(), figure);
  assert.match(stockhand("doctor"), /The books are true/);
});
