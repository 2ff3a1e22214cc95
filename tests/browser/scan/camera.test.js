import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cardsOf, openBrowser, openPage } from "./browser.js";
import { openShopWindow } from "./shop_window.js";

/** @type {Awaited<ReturnType<typeof openShopWindow>>} */
let shop;
before(async () => {
  shop = await openShopWindow();
});
after(() => shop.close());

/** @param {import("puppeteer-core").Page} page */
async function watchLongTasks(page) {
  await page.evaluate(() => {
    globalThis.longTasks = [];
    const note = (/** @type {PerformanceObserverEntryList} */ list) =>
      globalThis.longTasks.push(...list.getEntries().map((task) => Math.round(task.duration)));
    new PerformanceObserver(note).observe({ type: "longtask" });
  });
}

/** @param {import("puppeteer-core").Page} page */
async function leaveAndReturn(page) {
  const isLive = () => page.$eval("video#scan-video", (video) => /** @type {MediaStream} */ (video.srcObject).active);
  assert.equal(await isLive(), true);
  await page.evaluate(() => {
    globalThis.stream = document.querySelector("video").srcObject;
  });
  await page.click("#away");
  await page.waitForSelector("#quantity");
  assert.equal(await page.evaluate(() => globalThis.stream.active), false, "the camera is off on other pages");
  await page.goBack();
  await page.waitForSelector("#scan[data-camera=on]", { timeout: 20_000 });
  assert.equal((await cardsOf(page)).length, 5, "the session's list is still there");
}

test("a live camera reads every kind of code once, and again after it left", { timeout: 120_000 }, async (t) => {
  const { browser, close } = await openBrowser({ camera: "plays" });
  t.after(close);
  const { page, problems } = await openPage(browser);
  await page.goto(`${shop.address}/quiet`);
  // Through htmx, as staff come from another page: the camera starts by itself where it was granted.
  await page.click('a[href="/"]');
  await page.waitForSelector("#scan[data-camera=on]", { timeout: 20_000 });
  await watchLongTasks(page);
  // The last two scenes are two symbols of one item.
  const isLast = () =>
    document.querySelector('#scan-list > :first-child:has([data-item="58"]) .scan-times')?.textContent === "×2";
  await page.waitForFunction(isLast, { timeout: 60_000 });
  assert.deepEqual(await cardsOf(page), [
    "Dark chocolate ×2",
    "Loose almonds",
    "Earl Grey tea ×2",
    "Paper tissues",
    "Hand soap",
  ]);
  assert.deepEqual(shop.asked, [
    "5012345678900",
    "96385074",
    "036000291452",
    "SHELF-12/B",
    "https://id.example.com/01/09506000134352/10/ABC",
    "]e0010950600013435210ABC",
  ]);
  t.diagnostic(`reader and decoding: ${await page.$eval("section#scan", (section) => section.dataset.reader)}`);
  t.diagnostic(`long tasks while scanning (ms): ${JSON.stringify(await page.evaluate(() => globalThis.longTasks))}`);

  await leaveAndReturn(page);
  assert.deepEqual(problems, []);
});

test("two codes in the frame are offered, and the one that is tapped counts", { timeout: 60_000 }, async (t) => {
  const both = { format: "EAN13", text: "5012345678900", beneath: "4006381333931", frames: 600 };
  const { browser, close } = await openBrowser({ camera: "plays", scenes: [both] });
  t.after(close);
  const { page, problems } = await openPage(browser);
  await page.goto(shop.address);
  await page.waitForSelector("#scan-offers:not([hidden]) button:nth-child(2)", { timeout: 20_000 });
  const offered = await page.$$eval("#scan-offers button", (buttons) => buttons.map((button) => button.textContent));
  assert.deepEqual(offered.sort(), ["4006381333931", "5012345678900"]);
  assert.deepEqual(await cardsOf(page), [], "none was guessed");
  await page.evaluate(() => {
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#scan-offers button"));
    [...buttons].find((button) => button.textContent === "5012345678900")?.click();
  });
  await page.waitForSelector('#scan-list [data-item="12"]');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.deepEqual(await cardsOf(page), ["Earl Grey tea"], "the other does not count by itself");
  assert.deepEqual(problems, []);
});

test("a camera beside a paper counts onto its lines, and is off once it is closed", { timeout: 60_000 }, async (t) => {
  const tea = { format: "EAN13", text: "5012345678900", frames: 600 };
  const { browser, close } = await openBrowser({ camera: "plays", scenes: [tea] });
  t.after(close);
  const { page, problems } = await openPage(browser);
  await page.goto(`${shop.address}/paper`);
  await page.click("[data-scan-beside]");
  await page.waitForFunction(() => document.getElementById("scan-told")?.textContent === "Earl Grey tea: 1 of 2");
  assert.equal(await page.$eval("#scan-message", (place) => place.textContent), "Earl Grey tea: 1 of 2");
  await page.evaluate(() => {
    globalThis.stream = document.querySelector("video").srcObject;
  });
  await page.click("[data-scan-beside]");
  assert.equal(await page.evaluate(() => globalThis.stream.active), false);
  assert.notEqual(await page.$("#scan-beside-view[hidden]"), null);
  assert.deepEqual(problems, []);
});
