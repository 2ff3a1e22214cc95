/** A camera that plays videos of codes, a hand scanner's keys and slow look-ups: what is read, how often and how soon. */

import { cardsOf, openBrowser } from "../../browser/scan/browser.js";
import { openShopWindow } from "../../browser/scan/shop_window.js";
import { pause } from "./handset.js";
import { press } from "./keys.js";
import { carryOut } from "./plan.js";

/** @typedef {import("puppeteer-core").Page} Page */

const CODES = Array.from({ length: 10 }, (_, number) =>
  withCheckDigit(`40${String(number * 7_654_321).padStart(10, "0")}`),
);
const TEA = { format: "EAN13", text: "5012345678900" };
const AWAY = { frames: 45 };
// Longer than anybody looks: a video that has ended begins anew.
const OVER = { frames: 600 };
const WATCHED_MS = 5_000;
const SLOW_MS = 1_000;
const PATIENCE_MS = 60_000;

carryOut(async () => {
  const burst = await counted([AWAY, ...CODES.map((text) => ({ format: "EAN13", text, frames: 6 })), OVER]);
  const resting = await atRest();
  return {
    ...resting,
    burst: burst.filter((times) => times === 1).length,
    returned: await counted([AWAY, { ...TEA, frames: 45 }, AWAY, { ...TEA, frames: 45 }, OVER]),
    rested: await counted([AWAY, { ...TEA, frames: 90 }, OVER]),
    wedge: await byKeys(0, (page) =>
      typed(
        page,
        Array.from({ length: 20 }, (_, place) => CODES[place % 7]),
      ),
    ),
    slow: await byKeys(SLOW_MS, (page) =>
      typed(
        page,
        CODES.flatMap((code) => [code, code]),
      ),
    ),
  };
});

/** Twelve digits with the one that checks them. @param {string} digits */
function withCheckDigit(digits) {
  const sum = [...digits].reduce((all, digit, place) => all + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** @param {Page} page how often each was counted, the newest first @returns {Promise<number[]>} */
async function timesOf(page) {
  return (await cardsOf(page)).map((card) => Number(/ ×([0-9]+)$/.exec(card)?.[1] ?? 1));
}

/**
 * @template T
 * @param {object} wishes of the browser
 * @param {number} slow_ms of a look-up
 * @param {(page: Page, address: string) => Promise<T>} look
 */
async function atTheWindow(wishes, slow_ms, look) {
  const shop = await openShopWindow({ slow: () => slow_ms });
  const { browser, close } = await openBrowser(wishes);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    return await look(page, shop.address);
  } finally {
    await close();
    shop.close();
  }
}

/** From another page to the scan page, whose reader has been loaded before. @param {Page} page @param {string} address */
async function comeBack(page, address) {
  await page.goto(address);
  await page.waitForSelector("section#scan[data-reader]");
  await page.click("#away");
  await page.waitForSelector("#quantity");
  await page.evaluate(() => sessionStorage.clear());
  await page.click('a[href="/"]');
}

/** How often each code of a video is counted. @param {object[]} scenes @returns {Promise<number[]>} */
function counted(scenes) {
  const shown = scenes.slice(0, -1).reduce((all, scene) => all + Reflect.get(scene, "frames"), 0);
  return atTheWindow({ camera: "plays", scenes }, 0, async (page, address) => {
    await comeBack(page, address);
    await page.waitForSelector("#scan[data-camera=on]");
    await pause((shown * 1000) / 30 + 2_000);
    return await timesOf(page);
  });
}

/** A code lies before the camera: how soon it is read, how many frames are looked at, and what holds the page up. */
function atRest() {
  const scenes = [{ ...TEA, frames: 900 }];
  return atTheWindow({ camera: "plays", scenes }, 0, async (page, address) => {
    const first = [];
    for (let run = 0; run < 3; run += 1) {
      await page.evaluateOnNewDocument(watchReads);
      await comeBack(page, address);
      await page.waitForSelector("section#scan[data-read-by]");
      first.push(await page.evaluate(() => Reflect.get(globalThis, "firstRead")()));
    }
    const { frames, long } = await page.evaluate(countFrames, WATCHED_MS);
    return { first, frames: (frames * 1000) / WATCHED_MS, long };
  });
}

/** Runs in the page: from the last tap until something was read. */
function watchReads() {
  let tapped = 0;
  let read = 0;
  window.addEventListener("click", (event) => {
    tapped = event.timeStamp;
    read = 0;
  });
  new MutationObserver(() => {
    read ||= performance.now();
  }).observe(document, { subtree: true, attributeFilter: ["data-read-by"] });
  Object.assign(globalThis, { firstRead: () => read - tapped });
}

/** Runs in the page. @param {number} watched_ms */
async function countFrames(watched_ms) {
  let frames = 0;
  let long = 0;
  new MutationObserver((changes) => {
    frames += changes.length;
  }).observe(document, { subtree: true, attributeFilter: ["data-reader"] });
  new PerformanceObserver((list) => {
    long += list.getEntries().length;
  }).observe({ type: "longtask" });
  await new Promise((resolve) => setTimeout(resolve, watched_ms));
  return { frames, long };
}

/** @param {number} slow_ms @param {(page: Page) => Promise<number>} type gives milliseconds from the first key to the last */
function byKeys(slow_ms, type) {
  return atTheWindow({}, slow_ms, async (page, address) => {
    await page.goto(address);
    const ms = await type(page);
    await page.waitForFunction(() => !document.querySelector("#scan-list [data-outcome=waiting]"));
    await pause(slow_ms + 1_000);
    const times = await timesOf(page);
    return { ms, counted: times.reduce((all, one) => all + one, 0) };
  });
}

/** All of them at once, as a hand scanner on a belt. @param {Page} page @param {string[]} codes */
async function typed(page, codes) {
  const keyboard = await page.createCDPSession();
  await page.evaluate(() => {
    const stamps = /** @type {number[]} */ ([]);
    window.addEventListener("keydown", ({ timeStamp }) => stamps.push(timeStamp), true);
    Object.assign(globalThis, { keysTook: () => (stamps.at(-1) ?? 0) - stamps[0] });
  });
  await Promise.all(codes.map((code) => wedge(keyboard, code)));
  return await page.evaluate(() => Reflect.get(globalThis, "keysTook")());
}

/** @param {import("./keys.js").Keyboard} keyboard @param {string} code */
function wedge(keyboard, code) {
  return Promise.all([...[...code].map((key) => press(keyboard, key)), press(keyboard, "Enter", "\r")]);
}
