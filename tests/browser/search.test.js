/** Finding while typing: each key is answered by the phone, and the way back leads to what was found. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { cardsOf } from "./scan/browser.js";
import { see, signIn, tapTo } from "./staff.js";

/** @type {import("./hub.js").Hub} */
let hub;
const handheld = new Handheld();
/** @type {import("puppeteer-core").Page} */
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

test("every key finds, and nobody waits for the next one", async () => {
  await page.goto(`${hub.address}/items`);
  await see(page, "#found [role=status]", /items/);
  const all = await found();
  await page.type("#search-field", "choc", { delay: 30 });
  await see(page, "#found .row-title", /choc/i);
  await page.waitForFunction(() => location.search === "?q=choc");
  const some = await found();
  assert.notEqual(some, all);
  assert.equal(await page.$eval("#search-field", (field) => document.activeElement === field), true);
  await page.keyboard.press("Backspace");
  await page.waitForFunction(() => location.search === "?q=cho");
  assert.deepEqual(handheld.problems, []);
});

test("what was found opens without a new page, and the way back leads to it", async () => {
  await page.evaluate(() => Reflect.set(globalThis, "untouched", true));
  await page.type("#search-field", "c");
  await see(page, "#found .row-title", /choc/i);
  await tapTo(page, "#found .row-link", /^\/items\/\d+$/);
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, "untouched")), true, "the page was reloaded");
  await page.goBack();
  await page.waitForFunction(() => location.search === "?q=choc");
  await see(page, "#found .row-title", /choc/i);
});

test("the list of scans outlives a reload that comes at once", async () => {
  await page.goto(`${hub.address}/`);
  const before = await cardsOf(page);
  await page.type("#scan-code", "no-such-code");
  await page.keyboard.press("Enter");
  await page.reload();
  await page.waitForSelector("#scan-list [data-code=no-such-code]");
  assert.equal((await cardsOf(page)).length, before.length + 1);
});

async function found() {
  return await page.$eval("#found [role=status]", (status) => status.textContent);
}
