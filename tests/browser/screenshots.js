/**
 * Takes the pictures that the manifest and README.md show, of a demo chain of its own:
 *
 *     node tests/browser/screenshots.js
 *
 * writes `web/images/screenshots/`: `scan`, `item`, `transfers` and `wide` as WebP for whoever is about to install the
 * app, and `readme.png`, two phones side by side. Look at them before you commit them: they are of today's date.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, see, signIn, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const FOLDER = fileURLToPath(new URL("../../web/images/screenshots/", import.meta.url));
const TABLET = { width: 1280, height: 800, deviceScaleFactor: 1, isMobile: true, hasTouch: true };
// As many pixels as the page beside the words needs, and no picture is scaled on its way.
const README_SCALE = 1.5;
const QUALITY = 82;

/** What three things the hub proposes to try: the codes of an item that ran out here and of one that is here. @param {string} said */
function codesOf(said) {
  const [missing, here] = [...said.matchAll(/scan (\d{13})/g)].map(([, code]) => code);
  assert.ok(missing && here, said);
  return { missing, here };
}

/** Until the letters are drawn and nothing moves any more. @param {Page} page */
async function settle(page) {
  await see(page, "[data-state]", /live/);
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => /** @type {HTMLElement | null} */ (document.activeElement)?.blur());
  await new Promise((resolve) => setTimeout(resolve, 600));
}

/** @param {Page} page @param {string} name */
async function take(page, name) {
  await settle(page);
  await page.screenshot({ path: `${FOLDER}${name}.webp`, type: "webp", quality: QUALITY });
}

/** @param {Page} page @returns {Promise<string>} the phone's screen as a data URL */
async function screenOf(page) {
  await page.setViewport({ ...PHONE, deviceScaleFactor: README_SCALE });
  await settle(page);
  const screen = await page.screenshot({ encoding: "base64" });
  await page.setViewport(PHONE);
  return `data:image/png;base64,${screen}`;
}

/** Two screens as two phones lie beside each other. @param {Page} page @param {string[]} screens */
async function lay(page, screens) {
  const { width, height } = PHONE;
  await page.setViewport({ width: 2 * width + 96, height: height + 32, deviceScaleFactor: README_SCALE });
  await page.setContent(`<style>
    body { display: flex; justify-content: center; gap: 48px; margin: 0; padding: 12px }
    img { width: ${width}px; height: ${height}px; border: 4px solid #8b847a; border-radius: 36px }
  </style>${screens.map((screen) => `<img src="${screen}">`).join("")}`);
  await page.screenshot({ path: `${FOLDER}readme.png`, omitBackground: true });
}

/** @param {Page} page @param {string} address @param {{missing: string, here: string}} codes */
async function walk(page, address, codes) {
  await signIn(page, address, "ada");
  for (const code of [codes.here, codes.missing]) {
    await page.type("#scan-code", code);
    await page.keyboard.press("Enter");
    await see(page, "#scan-list .item-codes", new RegExp(code));
  }
  await take(page, "scan");

  await page.goto(`${address}/?code=${codes.here}`);
  await tapTo(page, "#scan-list h2 a", /^\/items\/\d+$/);
  await take(page, "item");
  const item = await screenOf(page);
  await page.setViewport(TABLET);
  await take(page, "wide");
  await page.setViewport(PHONE);

  await page.goto(`${address}/transfers`);
  await take(page, "transfers");
  await tapTo(page, "a:has(.tag-dispatched)", /^\/transfers\/[0-9a-f-]{36}$/);
  return [item, await screenOf(page)];
}

const hub = await openHub();
const { browser, close } = await openBrowser();
try {
  const { page } = await openPage(browser);
  await page.setViewport(PHONE);
  const screens = await walk(page, hub.address, codesOf(hub.said));
  await lay((await openPage(browser)).page, screens);
} finally {
  await close();
  await hub.close();
}
