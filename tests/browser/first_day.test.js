/** From an empty hub to a phone that works: the code, the steps, an invitation, and the tour without a network. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openEmptyHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, see, stateOf, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let opened;
/** The owner's page at a desk, and what broke on it. @type {{page: Page, problems: string[]}} */
let desk;
/** The assistant's phone. @type {{page: Page, problems: string[]}} */
let phone;
let invitation = "";

before(async () => {
  hub = await openEmptyHub();
  opened = await openBrowser();
  desk = await openPage(opened.browser);
  phone = await openPage(await opened.browser.createBrowserContext());
  await phone.page.setViewport(PHONE);
});
after(async () => {
  await opened.close();
  await hub.close();
});

/** @param {Page} page @param {Record<string, string>} fields by selector */
async function fill(page, fields) {
  for (const [selector, text] of Object.entries(fields)) await page.type(selector, text);
}

/** @param {string} selector @param {string} path */
async function send(selector, path) {
  await Promise.all([desk.page.waitForNavigation(), desk.page.click(selector)]);
  await desk.page.waitForFunction((where) => location.pathname === where, { timeout: 20_000 }, path);
}

test("an empty hub asks for the code that it printed", async () => {
  const code = /^ {4}(\w{4}-\w{4}-\w{4})$/m.exec(hub.said)?.[1] ?? "";
  assert.ok(code, hub.said);
  await desk.page.goto(`${hub.address}/items`);
  assert.equal(new URL(desk.page.url()).pathname, "/setup");
  await fill(desk.page, { "#name": "Rosa Owner", "#username": "rosa", "#password": "three quiet words" });
  await fill(desk.page, { "#code": code });
  await send(".setup-form .button-main", "/setup/store");
});

test("the clock is guessed, and what was typed survives a reload", async () => {
  const guessed = await desk.page.$eval("#zone", (one) => /** @type {HTMLSelectElement} */ (one).value);
  assert.equal(guessed, await desk.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone));
  await fill(desk.page, { "[name=name_en]": "Ghent", "[name=name_zh]": "根特", "#code": "GNT" });
  await desk.page.reload();
  assert.equal(await desk.page.$eval("#code", (one) => /** @type {HTMLInputElement} */ (one).value), "GNT");
  await send(".setup-form .button-main", "/setup/people");
});

test("people, goods and an invitation", async () => {
  await fill(desk.page, { "#name": "Ada Peeters" });
  assert.equal(await desk.page.$eval("#username", (one) => /** @type {HTMLInputElement} */ (one).value), "ada");
  await desk.page.click(".setup-choice:has([value='2'])");
  await send(".setup-form .button-main", "/setup/people");
  await desk.page.goto(`${hub.address}/setup/items`);
  await fill(desk.page, { "[name=name]": "Green tea", "[name=barcode]": "4006381333931", "[name=price]": "3.49" });
  await send("form[data-draft] .button-main", "/setup/items");
  await desk.page.goto(`${hub.address}/setup/stock`);
  await send(".setup-later button", "/setup/phone");
  await tapTo(desk.page, ".setup-there a", /^\/admin\/invite\/\d+$/);
  await desk.page.click(".invite-ask button");
  await desk.page.waitForSelector(".qr");
  invitation = await desk.page.$eval(".invite-more .invite-link", (one) => one.textContent ?? "");
  assert.match(invitation, /\/invite\/[\w-]{43}$/);
});

test("the phone comes in by the invitation, and the desk hears of it", async () => {
  await phone.page.goto(invitation);
  await see(phone.page, "h1", /Ada Peeters/);
  await see(phone.page, "dd", /Ghent/);
  await fill(phone.page, { "#password": "words of my own" });
  await phone.page.click(".door-form button");
  await phone.page.waitForFunction(() => location.pathname === "/tour", { timeout: 30_000 });
  await stateOf(phone.page, { waiting: 0, live: true });
  await see(desk.page, "#arrival", /Ada Peeters is in/);
  assert.deepEqual(desk.problems, []);
});

test("the tour is walked without a network, to the end", async () => {
  await hub.kill();
  await phone.page.reload();
  await tapTo(phone.page, ".tour-code", /^\/tour$/);
  await see(phone.page, ".hero-number", /^12$/);
  await tapTo(phone.page, ".tour-way .button-main", /^\/tour$/);
  await phone.page.waitForSelector(".tour-reason");
  await phone.page.click(".tour-reason");
  await see(phone.page, ".hero-number", /^11$/);
  await phone.page.click(".tour-way .button-main");
  await see(phone.page, ".tour-title", /No network/);
  await tapTo(phone.page, ".tour-way .button-main", /^\/$/);
  await phone.page.goto(`${hub.address}/?code=4006381333931`);
  await see(phone.page, "h2", /Green tea/);
  await phone.page.goto(`${hub.address}/me`);
  await tapTo(phone.page, "a[href='/tour']", /^\/tour$/);
  assert.deepEqual((await stateOf(phone.page, {})).waiting, 0);
});

test("no page of the phone broke a script or the policy", () => {
  // The hub that was switched off is heard of by whoever asks it.
  const ours = phone.problems.filter((text) => !text.includes("net::ERR_"));
  assert.deepEqual(ours, []);
});
