/** What a phone finds out about itself, and the labels it lays out without a network. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, see, signIn, stateOf } from "./staff.js";

/** @type {Awaited<ReturnType<typeof openHub>>} */
let hub;
/** @type {Awaited<ReturnType<typeof openBrowser>>} */
let opened;
before(async () => {
  hub = await openHub();
  opened = await openBrowser({ camera: "plays", scenes: [{ frames: 30 }] });
});
after(async () => {
  await opened?.close();
  await hub?.close();
});

/** @param {import("puppeteer-core").Page} page @param {string} name @param {string} state @param {RegExp} said */
async function line(page, name, state, said) {
  const states = state.split("|").map((one) => `[data-check="${name}"][data-state="${one}"]`);
  await page.waitForSelector(states.join(), { timeout: 20_000 });
  assert.match(await page.$eval(`[data-check="${name}"] [data-check-said]`, (place) => place.textContent ?? ""), said);
}

/** Keys as a hand scanner types them. @param {import("puppeteer-core").Page} page @param {string} keys */
async function wedge(page, keys) {
  await page.focus("#checkup-wedge");
  for (const key of keys) await page.keyboard.press(/** @type {import("puppeteer-core").KeyInput} */ (key));
}

test("a device finds out what it can do, and says it as text", { timeout: 120_000 }, async () => {
  const { page } = await openPage(opened.browser);
  await page.setViewport(PHONE);
  await signIn(page, hub.address, "ada");
  await page.goto(`${hub.address}/checkup`);
  // How fast it is, is the machine's affair.
  await line(page, "decoder", "good|look|bad", /takes \d+ ms to read \((zxing|native)\)/);
  await line(page, "camera", "good", /1280 × 720|1920 × 1080/);
  await line(page, "clock", "good", /within \d s/);
  await line(page, "worker", "good", /release [0-9a-f]{8}/);
  await line(page, "catalogue", "good", /0 min ago|1 min ago/);
  await line(page, "storage", "look", /MB used of \d+ MB/);
  await line(page, "push", "look", /not set up|switched off|installed/);

  await wedge(page, "2000000000015");
  await page.keyboard.press("Enter");
  await line(page, "wedge", "good", /14 keys, \d+ ms apart, ended by Enter/);
  await wedge(page, "2000000000015");
  await line(page, "wedge", "look", /ends with no key/);
  await wedge(page, "z777");
  await line(page, "wedge", "bad", /This came/);
  assert.equal(new URL(page.url()).pathname, "/checkup", "a code that is tried leads nowhere");

  await page.click('[data-check="sound"] [data-check-try]');
  await page.click('[data-check="sound"] [data-check-no]');
  await line(page, "sound", "look", /Turn the volume up/);
  await page.evaluate(() => {
    Object.defineProperty(navigator, "share", { value: (/** @type {ShareData} */ what) => (globalThis.shared = what) });
  });
  await page.click("[data-check-share]");
  const { text } = await page.waitForFunction(() => globalThis.shared).then((handle) => handle.jsonValue());
  assert.match(text, /Camera: good\./);
  assert.match(text, /Hand scanner: bad\./);
});

test("labels are laid out without a network, from what was scanned", { timeout: 120_000 }, async () => {
  const [code] = [...hub.said.matchAll(/scan (\d{13})/g)].map(([, found]) => found);
  const { page } = await openPage(opened.browser);
  await page.setViewport(PHONE);
  // Signed in by the test before.
  await page.goto(`${hub.address}/`);
  await stateOf(page, { live: true });
  await hub.kill();
  await page.goto(`${hub.address}/`);
  for (let time = 0; time < 2; time++) {
    await page.type("#scan-code", code);
    await page.keyboard.press("Enter");
  }
  await see(page, "#scan-list .scan-times", /×2/);
  await page.waitForSelector('[data-scan-names][href*="/labels?"]:not([hidden])');
  await page.$eval('[data-scan-names][href*="/labels?"]', (link) => /** @type {HTMLElement} */ (link).click());
  await page.waitForSelector(".label-sheet");
  assert.equal(await page.$$eval(".label-sheet use", (places) => places.length), 2);
  await page.select("#label-paper", "roll-80");
  await page.waitForSelector(".label-sheet-roll-80");
  assert.equal(await page.$$eval(".label-sheet-roll-80", (sheets) => sheets.length), 2);
  const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  // 80 × 50 mm, to a screen pixel.
  const [wide, high] = (/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? []).slice(1).map(Number);
  assert.ok(Math.abs(wide - 226.8) < 1 && Math.abs(high - 141.7) < 1, `${wide} × ${high} points`);
});
