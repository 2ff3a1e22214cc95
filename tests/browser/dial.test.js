/** A number is dragged by a finger, and what is critical is asked about once more: online, and without a network. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { openHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, retype, see, signIn, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let chromium;
/** @type {import("puppeteer-core").Page} */
let page;
const FIELD = "#adjust-quantity";

before(async () => {
  [hub, chromium] = await Promise.all([openHub(), openBrowser()]);
  ({ page } = await openPage(chromium.browser));
  await page.setViewport(PHONE);
  await signIn(page, hub.address, "ada");
  const [, here] = [...hub.said.matchAll(/scan (\d{13})/g)].map(([, code]) => code);
  await wedge(page, here);
  await tapTo(page, "#scan-list h2 a", /^\/items\/\d+$/);
});
after(async () => {
  await chromium.close();
  await hub.close();
});

const typed = () => page.$eval(FIELD, (field) => /** @type {HTMLInputElement} */ (field).value);
const isFocused = () => page.$eval(FIELD, (field) => field === document.activeElement);

/** @param {number[]} way how far from where it came down, px; the last is where it is lifted */
async function drag(...way) {
  const field = await page.waitForSelector(FIELD);
  await field?.scrollIntoView();
  const box = await field?.boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.touchscreen.touchStart(x, y);
  for (const px of way) await page.touchscreen.touchMove(x + px, y);
  await page.touchscreen.touchEnd();
}

test("a finger that goes sideways sets the number, back again takes it off, and no keyboard comes up", async () => {
  await drag(20, 29);
  assert.equal(await typed(), "2");
  assert.equal(await isFocused(), false);
  await drag(30, 60, 15);
  assert.equal(await typed(), "3");
  await drag(-200);
  assert.equal(await typed(), "0");
  await tap(page, FIELD);
  assert.equal(await isFocused(), true);
  await retype(page, FIELD, "7");
  assert.equal(await typed(), "7");
  await page.keyboard.press("ArrowUp");
  assert.equal(await typed(), "8");
});

test("more than the book has, or than one may alone, is asked about; going back keeps what was typed", async () => {
  await hub.kill();
  await retype(page, FIELD, "900");
  await tap(page, "#adjust button[value=damaged]");
  await see(page, "#sure", /The book has [\d,]+ here\. Take 900 off all the same\?.*More than 20 at once/s);
  await tap(page, "#sure button[value=no]");
  assert.equal(await typed(), "900");
  assert.equal(await page.$("#recent .op-waiting"), null);
  await retype(page, FIELD, "30");
  await tap(page, "#adjust .segment:nth-child(2)");
  await tap(page, "#adjust button[value=found]");
  await see(page, "#sure[open]", /More than 20 at once/);
  assert.equal(await page.$eval("#sure", (sheet) => /The book has/.test(/** @type {any} */ (sheet).innerText)), false);
  await tap(page, "#sure button[value=yes]");
  await see(page, "#recent .op-waiting", /30/);
  await hub.start();
  await stateOf(page, { waiting: 0, live: true });
  const [told] = rowsOf(
    hub,
    "SELECT status, code, args FROM outcomes WHERE kind = 'stock.adjust' ORDER BY booked_at DESC",
  );
  assert.deepEqual([told.status, told.code, JSON.parse(told.args).delta], ["review", "above_limit", 30]);
});
