import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wedge } from "../staff.js";
import { cardsOf, openBrowser, openPage } from "./browser.js";
import { openShopWindow } from "./shop_window.js";

const TEA = "5012345678900";
const SOAP = "96385074";
const TISSUES = "036000291452";

/** @type {Awaited<ReturnType<typeof openShopWindow>>} */
let shop;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let chromium;
/** @type {(code: string) => number} */
let slow = () => 0;
before(async () => {
  shop = await openShopWindow({ slow: (code) => slow(code) });
  chromium = await openBrowser();
});
after(async () => {
  await chromium.close();
  shop.close();
});

/**
 * A page of its own, and at the end the assurance that no script broke.
 * @param {import("node:test").TestContext} t
 * @param {string} path
 */
async function visit(t, path) {
  const context = await chromium.browser.createBrowserContext();
  const { page, problems } = await openPage(context);
  t.after(async () => {
    slow = () => 0;
    await context.close();
    assert.deepEqual(problems, []);
  });
  await page.goto(`${shop.address}${path}`, { waitUntil: "load" });
  return page;
}

/**
 * @param {import("puppeteer-core").Page} page
 * @param {string[]} cards
 */
async function seeCards(page, cards) {
  const seen = async () => JSON.stringify(await cardsOf(page)) === JSON.stringify(cards);
  for (let tries = 0; tries < 100 && !(await seen()); tries += 1) await new Promise((next) => setTimeout(next, 50));
  assert.deepEqual(await cardsOf(page), cards);
}

test("a hand scanner works without a field, ten scans in a row, however slow the first look-up is", async (t) => {
  const page = await visit(t, "/");
  slow = (code) => (code === TEA ? 4000 : 100);
  await wedge(page, TEA);
  for (let scan = 0; scan < 8; scan += 1) await wedge(page, SOAP, "Tab");
  await wedge(page, TISSUES);
  await seeCards(page, ["Paper tissues", "Hand soap ×8", TEA]);
  await seeCards(page, ["Paper tissues", "Hand soap ×8", "Earl Grey tea"]);
});

test("a scan into the code field counts once, and what was typed there stays", async (t) => {
  const page = await visit(t, "/");
  await page.type("#scan-code", "50", { delay: 120 });
  await new Promise((next) => setTimeout(next, 150));
  await wedge(page, TEA);
  await seeCards(page, ["Earl Grey tea"]);
  assert.equal(await page.$eval("input#scan-code", (field) => field.value), "50");
});

test("a code typed by hand is looked up in place", async (t) => {
  const page = await visit(t, "/");
  await page.type("#scan-code", TEA, { delay: 70 });
  await page.click("#scan-form button");
  await seeCards(page, ["Earl Grey tea"]);
  await page.type("#scan-code", "1", { delay: 70 });
  await page.keyboard.press("Enter");
  await seeCards(page, ["No item has this code", "Earl Grey tea"]);
  assert.equal(await page.$eval("#scan-message", (message) => message.textContent), "1: No item has this code");
  assert.equal(await page.evaluate(() => location.pathname + location.search), "/");
});

test("12× before a scan counts it twelve times, once", async (t) => {
  const page = await visit(t, "/");
  await page.type("#scan-code", "12*", { delay: 90 });
  await page.keyboard.press("Enter");
  await wedge(page, TEA);
  await wedge(page, SOAP);
  await seeCards(page, ["Hand soap", "Earl Grey tea ×12"]);
  await page.click("[data-scan-undo]");
  await page.click("[data-scan-undo]");
  await seeCards(page, []);
});

test("undo takes the last scan back, and the list survives a reload", async (t) => {
  const page = await visit(t, "/");
  for (const code of [TEA, SOAP, TEA]) await wedge(page, code);
  await seeCards(page, ["Earl Grey tea ×2", "Hand soap"]);
  await page.click("[data-scan-undo]");
  await seeCards(page, ["Earl Grey tea", "Hand soap"]);
  await page.reload();
  await seeCards(page, ["Earl Grey tea", "Hand soap"]);
  await page.click("[data-scan-undo]");
  await seeCards(page, ["Earl Grey tea"]);
  await page.click("[data-scan-undo]");
  await seeCards(page, []);
  assert.equal(await page.$eval("button[data-scan-undo]", (button) => button.hidden), true);
});

test("the number of an item is tapped and set, kept at once, and leads on", async (t) => {
  const page = await visit(t, "/");
  for (const code of [TEA, SOAP]) await wedge(page, code);
  await seeCards(page, ["Hand soap", "Earl Grey tea"]);
  await page.click("#scan-list > :nth-child(2) [data-scan-amount]");
  await page.keyboard.type("24");
  await seeCards(page, ["Hand soap", "Earl Grey tea ×24"]);
  await page.click("[data-dial-step='1']");
  await seeCards(page, ["Hand soap", "Earl Grey tea ×25"]);
  await page.click("#scan-list > :nth-child(1) [data-scan-amount]");
  await page.keyboard.type("2.5");
  assert.equal(await page.$eval("#scan-message", (message) => message.textContent), "A whole number");
  await page.keyboard.press("Enter");
  await seeCards(page, ["Hand soap ×2", "Earl Grey tea ×25"]);
  await page.reload();
  await seeCards(page, ["Hand soap ×2", "Earl Grey tea ×25"]);
  const onward = await page.$eval("a[data-scan-names]", ({ pathname, search }) => pathname + search);
  assert.equal(onward, "/lines?item=12&quantity=25&item=31&quantity=2");
  await page.click("#scan-list > :nth-child(1) [data-scan-amount]");
  await page.keyboard.type("0");
  await page.keyboard.press("Enter");
  await seeCards(page, ["Earl Grey tea ×25"]);
  await page.click("[data-scan-undo]");
  await seeCards(page, ["Hand soap ×2", "Earl Grey tea ×25"]);
});

test("the list of one person is not shown to the next", async (t) => {
  const page = await visit(t, "/");
  await wedge(page, TEA);
  await seeCards(page, ["Earl Grey tea"]);
  await page.goto(`${shop.address}/quiet`);
  await page.evaluate(() => {
    document.body.dataset.person = "8";
    history.replaceState(null, "", "/");
    document.querySelector("main").innerHTML =
      '<section id="scan"><video id="scan-video"></video></section><div id="scan-list"></div>';
  });
  await seeCards(page, []);
});

test("a page opened with a code counts it once, also after a reload", async (t) => {
  const page = await visit(t, `/?code=${TEA}`);
  await seeCards(page, ["Earl Grey tea"]);
  await page.reload();
  await seeCards(page, ["Earl Grey tea"]);
  assert.equal(await page.$eval("div#scan-result", (result) => result.hidden), true);
});

test("a scan on another page leads to the scan page, and the scans on the way come along", async (t) => {
  const page = await visit(t, "/quiet");
  await page.focus("#quantity");
  await wedge(page, TEA);
  await wedge(page, SOAP);
  await seeCards(page, ["Hand soap", "Earl Grey tea"]);
});

test("a number field that a scan was typed into holds its number again", async (t) => {
  const page = await visit(t, "/quiet");
  await page.evaluate(() => document.querySelector("main").setAttribute("data-scan-off", ""));
  await page.focus("#quantity");
  await wedge(page, TEA);
  assert.equal(await page.$eval("input#quantity", (field) => field.value), "3");
});

test("words typed fast into a note or a search belong to it", async (t) => {
  const page = await visit(t, "/quiet");
  for (const field of ["textarea#note", "input#search"]) {
    await page.focus(field);
    await wedge(page, TEA, "Tab");
    assert.equal(await page.$eval(field, (element) => /** @type {HTMLInputElement} */ (element).value), TEA);
  }
  await page.focus("#quantity");
  await page.keyboard.press("End");
  await wedge(page, "12");
  assert.equal(await page.$eval("input#quantity", (element) => element.value), "312");
  assert.equal(await page.evaluate(() => location.pathname), "/quiet");
});

test("a scan does not press the button that has the focus", async (t) => {
  const page = await visit(t, "/quiet");
  await page.evaluate(() => {
    document.querySelector("main").setAttribute("data-scan-off", "");
    document.querySelector("#button").addEventListener("click", () => document.body.classList.add("pressed"));
  });
  await page.focus("#button");
  await wedge(page, TEA);
  assert.equal(await page.$eval("body", (body) => body.className), "");
});

test("a page that takes codes into its form gets every one, in order", async (t) => {
  const page = await visit(t, "/lines");
  slow = () => 0;
  for (const code of [TEA, SOAP, TISSUES, TEA]) await wedge(page, code);
  await page.waitForFunction(() => document.querySelectorAll("[name=line]").length === 4, { timeout: 10_000 });
  assert.deepEqual(await page.$$eval("input[name=line]", (lines) => lines.map((line) => line.value)), [
    TEA,
    SOAP,
    TISSUES,
    TEA,
  ]);
});

test("what arrived is scanned onto its line, and too many or a stranger is said so", async (t) => {
  const page = await visit(t, "/paper");
  slow = () => 0;
  for (const [code, told] of [
    [TEA, "Earl Grey tea: 1 of 2"],
    [TEA, "Earl Grey tea: 2 of 2"],
    [TEA, "Earl Grey tea: 3, over 2"],
    [SOAP, "Hand soap is not on it"],
  ]) {
    await wedge(page, code);
    await page.waitForFunction(
      (text) => document.getElementById("scan-told")?.textContent === text,
      { timeout: 10_000 },
      told,
    );
  }
  const counted = () => page.$eval("input#tea", (field) => field.value);
  assert.equal(await counted(), "3");
  await page.reload();
  await page.waitForFunction(() => Reflect.get(document.getElementById("tea") ?? {}, "value") !== "");
  assert.equal(await counted(), "3", "what was counted outlives a reload");
});

test("without a network a scan waits in the list and is looked up when it is back", async (t) => {
  const page = await visit(t, "/");
  await page.setRequestInterception(true);
  let isOffline = true;
  page.on("request", (request) => (isOffline ? request.abort("internetdisconnected") : request.continue()));
  page.removeAllListeners("console");
  await wedge(page, TEA);
  await wedge(page, TEA);
  await seeCards(page, [`${TEA} ×2`]);
  isOffline = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await seeCards(page, ["Earl Grey tea ×2"]);
});

test("news of changed stock refreshes the newest cards and counts nothing", async (t) => {
  const page = await visit(t, "/");
  await wedge(page, TEA);
  await seeCards(page, ["Earl Grey tea"]);
  const before = shop.asked.length;
  await page.evaluate(() => new BroadcastChannel("stockhand").postMessage({ type: "changed", buckets: [] }));
  for (let tries = 0; tries < 100 && shop.asked.length === before; tries += 1)
    await new Promise((next) => setTimeout(next, 50));
  assert.deepEqual(shop.asked.slice(before), [TEA]);
  await seeCards(page, ["Earl Grey tea"]);
});

test("without a camera a sentence says so and the other sources work", async (t) => {
  const page = await visit(t, "/");
  await page.click("#scan-start");
  await page.waitForSelector("#scan[data-camera=refused]");
  assert.equal(await page.$eval("#scan-message", (message) => message.textContent), "No camera here");
  await wedge(page, TEA);
  await seeCards(page, ["Earl Grey tea"]);
});

test("a camera that is not allowed is said to be off", async (t) => {
  const refusing = await openBrowser({ camera: "refused" });
  t.after(refusing.close);
  const { page } = await openPage(refusing.browser);
  await page.goto(`${shop.address}/`);
  await page.click("#scan-start");
  await page.waitForSelector("#scan[data-camera=refused]");
  assert.equal(await page.$eval("#scan-message", (message) => message.textContent), "The camera is switched off");
});
