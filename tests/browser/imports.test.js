/** A catalogue as it comes is brought in a browser: its columns are chosen, the page is reloaded while it runs, and
 * what stayed out is fetched. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openHub } from "./hub.js";
import { openBrowser } from "./scan/browser.js";
import { see, signIn, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const DESK = { width: 1280, height: 800 };
// Enough that it runs for seconds.
const LINES = 60_000;
const WRONG_CHECK_DIGITS = 3;
const ENDS_WITHIN_MS = 120_000;

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let chromium;
/** @type {Page} */
let page;
const folder = mkdtempSync(join(tmpdir(), "files-"));
const file = join(folder, "goods & more.csv");

before(async () => {
  hub = await openHub();
  chromium = await openBrowser();
  page = await chromium.browser.newPage();
  await page.setViewport(DESK);
  writeFileSync(file, catalogue());
  await signIn(page, hub.address, "sam");
});
after(async () => {
  await chromium.close();
  await hub.close();
  rmSync(folder, { recursive: true });
});

/** Columns in an order and a language of their own, and dirt among them. */
function catalogue() {
  const lines = ["Preis;Anmerkung;Bezeichnung;EAN"];
  for (let n = 0; n < LINES; n += 1) lines.push(`${n % 90},99;;"Tea &amp; cake no. ${n}";${gtin(n)}`);
  for (let n = 0; n < WRONG_CHECK_DIGITS; n += 1) lines.push(`1,00;;Wrong digit ${n};${wrong(gtin(LINES + n))}`);
  lines.push(`1,00;;;${gtin(LINES + 9)}`);
  return `${lines.join("\n")}\n`;
}

/** @param {number} n */
function gtin(n) {
  const digits = String(2_950_000_000_00 + n);
  const sum = [...digits].reduceRight((all, digit, place) => all + Number(digit) * (place % 2 === 1 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** @param {string} code */
const wrong = (code) => `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;

const permille = () => page.$eval("#import progress", (one) => /** @type {HTMLProgressElement} */ (one).value);

test("a dirty catalogue comes in while the page is reloaded, and what stayed out is fetched", {
  timeout: 240_000,
}, async () => {
  await page.goto(`${hub.address}/admin/imports`);
  const input = await page.waitForSelector("input[type=file]");
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(file);
  await see(page, "[data-drop-name]", /goods & more\.csv/);
  await tapTo(page, "[data-drop-send]", /^\/admin\/imports\/new\//);

  assert.deepEqual(await fields(), ["price", "", "name", "barcodes"]);
  await page.select("#c1", "brand");
  await page.waitForFunction(() => !document.querySelector("#c1")?.closest(".column-unused"));
  await page.select("#c1", "");
  await page.waitForFunction(() => document.querySelector("#c1")?.closest(".column-unused"));
  await see(page, ".look-sum", /lines are fine/);
  await tapTo(page, "button[value=start]", /^\/admin\/imports\/\d+$/);

  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("#import progress")).value > 0, {
    timeout: 30_000,
    polling: 50,
  });
  const seen = await permille();
  assert.ok(seen < 1000, "it came to its end before anybody could reload");
  await page.reload();
  assert.ok((await permille()) >= seen);
  await see(page, "#import .tag", /Running|Done/);
  await see(page, "#import .tag", /Done/, ENDS_WITHIN_MS);

  assert.deepEqual(await counts(), [LINES + WRONG_CHECK_DIGITS + 1, LINES, 0, 0, WRONG_CHECK_DIGITS + 1]);
  const rejects = await page.evaluate(async () => {
    const link = /** @type {HTMLAnchorElement} */ (document.querySelector("a[download]"));
    return (await fetch(link.href)).text();
  });
  const [header, ...lines] = rejects.trim().split(/\r?\n/);
  assert.match(header, /Preis,Anmerkung,Bezeichnung,EAN$/);
  assert.equal(lines.length, WRONG_CHECK_DIGITS + 1);
  assert.match(lines[0], /check digit/i);
});

test("the keyboard is enough to find a file that came in", { timeout: 60_000 }, async () => {
  await page.goto(`${hub.address}/admin/imports`);
  await page.keyboard.press("/");
  await page.keyboard.type("goods");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.search.includes("q=goods"));
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /^\/admin\/imports\/\d+$/.test(location.pathname));
  await page.keyboard.press("?");
  await page.waitForSelector("#keys[open]");
});

test("without a network administration says so and keeps the page", { timeout: 60_000 }, async () => {
  await page.goto(`${hub.address}/me`);
  await page.setOfflineMode(true);
  await page.click('a[href="/admin"]');
  await see(page, "#toast", /needs the network/);
  assert.equal(new URL(page.url()).pathname, "/me");
  await page.setOfflineMode(false);
  await tapTo(page, 'a[href="/admin"]', /^\/admin$/);
});

const fields = () =>
  page.$$eval(".column select", (all) => all.map((one) => /** @type {HTMLSelectElement} */ (one).value));

const counts = () => page.$$eval(".count dd", (all) => all.map((one) => Number(one.textContent?.replaceAll(",", ""))));
