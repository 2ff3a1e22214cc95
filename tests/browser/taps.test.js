/**
 * How many taps the jobs of a store take, counted by the page itself: every press that a finger made since the job was
 * begun. Scans are no taps. All but the receipt is done without the hub.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { openHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, see, signIn, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let chromium;
/** @type {Page} */
let page;
/** Codes of an item that is here, and of one that only others have. @type {string[]} */
let codes;

before(async () => {
  [hub, chromium] = await Promise.all([openHub(), openBrowser()]);
  ({ page } = await openPage(chromium.browser));
  await page.setViewport(PHONE);
  await page.evaluateOnNewDocument(() => {
    const count = (/** @type {Event} */ event) => {
      if (event.isTrusted) sessionStorage.setItem("taps", String(Number(sessionStorage.getItem("taps")) + 1));
    };
    document.addEventListener("pointerdown", count, { capture: true });
  });
  await signIn(page, hub.address, "ada");
  const [missing, here] = [...hub.said.matchAll(/scan (\d{13})/g)].map(([, code]) => code);
  codes = [here, missing];
});
after(async () => {
  await chromium.close();
  await hub.close();
});

/** @param {() => Promise<unknown>} job @returns {Promise<number>} */
async function tapsOf(job) {
  await page.evaluate(() => sessionStorage.setItem("taps", "0"));
  await job();
  return page.evaluate(() => Number(sessionStorage.getItem("taps")));
}

test("a look-up by a scan takes no tap, and one more unit none", async () => {
  await hub.kill();
  const looking = await tapsOf(async () => {
    await wedge(page, codes[0]);
    await see(page, "#scan-list .scan-times", /×1/);
  });
  const counting = await tapsOf(async () => {
    await wedge(page, codes[0]);
    await see(page, "#scan-list .scan-times", /×2/);
  });
  assert.deepEqual([looking, counting], [0, 0]);
});

test("an adjustment takes three taps from the scan: which item, how many, why", async () => {
  const taps = await tapsOf(async () => {
    await tapTo(page, "#scan-list h2 a", /^\/items\/\d+$/);
    await tap(page, "#adjust [data-dial-step='1']");
    await tap(page, "#adjust button[value=damaged]");
    await see(page, "#recent .op-waiting", /1/);
  });
  assert.equal(taps, 3);
});

test("a request takes two taps from the look-up: the donor is proposed, and it is sent", async () => {
  await tapTo(page, "a.tab[href='/']", /^\/$/);
  await wedge(page, codes[1]);
  const taps = await tapsOf(async () => {
    await tapTo(page, "#scan-list .row-store .button:not(.button-plain)", /^\/transfers\/new$/);
    await tapTo(page, ".action-bar button", /^\/transfers\/[0-9a-f-]{36}$/);
  });
  assert.equal(taps, 2);
  await stateOf(page, { waiting: 2 });
});

test("a receipt without differences takes two taps on its paper", async () => {
  await hub.start();
  await stateOf(page, { waiting: 0, live: true });
  const toGhent =
    "SELECT transfers.id FROM transfers JOIN stores ON stores.id = to_store_id WHERE stores.name_en = 'Ghent'";
  const [{ id }] = rowsOf(hub, `${toGhent} AND state = 'dispatched'`);
  await page.goto(`${hub.address}/transfers/${id}`);
  const taps = await tapsOf(async () => {
    await tap(page, "[data-fill]");
    await tap(page, "button[name=action][value=receive]");
    await see(page, "#transfer-head .tag-received", /./);
  });
  assert.equal(taps, 2);
});
