/** The three engines that staff may hold in their hands, driven alike: go somewhere, run something in the page, close. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { openBrowser } from "./scan/browser.js";
import { missingForWebkit, openWebkit } from "./webkit.js";

const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

// An older one loads no worker that is made of modules.
const FIREFOX_AT_LEAST = 147;

/** @typedef {import("./webkit.js").Window} Window */
/** @typedef {{ name: string, missing: string, open: () => Promise<Window> }} Engine `missing` is a Debian package */

/** @type {Engine[]} */
export const ENGINES = [
  { name: "Chromium", missing: CHROMIUM ? "" : "chromium", open: openChromium },
  { name: "Firefox", missing: missingForFirefox(), open: openFirefox },
  { name: "WebKit", missing: missingForWebkit(), open: openWebkit },
];

function missingForFirefox() {
  if (!FIREFOX) return "firefox-esr";
  const version = Number(/\d+/.exec(execFileSync(FIREFOX, ["--version"], { encoding: "utf8" }))?.[0]);
  return version < FIREFOX_AT_LEAST ? `firefox-esr ${FIREFOX_AT_LEAST} or newer (${version} is here)` : "";
}

async function openChromium() {
  const { browser, close } = await openBrowser();
  return windowOf(browser, await browser.newPage(), close);
}

async function openFirefox() {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: { "dom.serviceWorkers.testing.enabled": true },
  });
  return windowOf(browser, await browser.newPage(), () => browser.close(), goAndLook);
}

/**
 * Goes there and looks itself whether the page has come: of a navigation that follows a failed one, Firefox's remote
 * protocol now and then never tells the end, and now and then never begins it.
 * @param {import("puppeteer-core").Page} page @param {string} url
 */
async function goAndLook(page, url) {
  await within(
    2000,
    page.evaluate(() => Reflect.set(globalThis, "left", true)),
  ).catch(() => "a page of the browser's");
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    page.goto(url, { waitUntil: [] }).catch(() => "looked at below");
    if (await hasCome(page, Date.now() + 8000)) return;
  }
  throw new Error(`${url} did not come in four attempts of 8 s`);
}

/** @param {import("puppeteer-core").Page} page @param {number} end @returns {Promise<boolean>} */
async function hasCome(page, end) {
  while (Date.now() < end) {
    const there = page.evaluate(() => document.readyState === "complete" && !Reflect.get(globalThis, "left"));
    if (await within(2000, there).catch(() => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/** @template T @param {number} ms @param {Promise<T>} answer @returns {Promise<T>} rejects when it takes longer */
function within(ms, answer) {
  /** @type {NodeJS.Timeout} */
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(reject, ms, new Error("too slow"));
  });
  return Promise.race([answer, /** @type {Promise<never>} */ (over)]).finally(() => clearTimeout(timer));
}

/**
 * @param {import("puppeteer-core").Browser} browser @param {import("puppeteer-core").Page} page
 * @param {() => Promise<void>} close @param {(page: import("puppeteer-core").Page, url: string) => Promise<unknown>} go
 * @returns {Window}
 */
function windowOf(browser, page, close, go = (page, url) => page.goto(url)) {
  return {
    goto: async (url) => {
      await go(page, url);
    },
    run: (work, ...given) => page.evaluate(work, ...given),
    show: () => page.bringToFront(),
    another: async () => windowOf(browser, await browser.newPage(), close, go),
    close,
  };
}

/**
 * Waits until something holds in a page that may be on its way to another one.
 * @param {Window} window @param {(...given: any[]) => any} holds @param {unknown[]} given
 */
export async function until(window, holds, ...given) {
  const end = Date.now() + 20_000;
  let last;
  while (Date.now() < end) {
    [last] = await Promise.allSettled([window.run(holds, ...given)]);
    if (last.status === "fulfilled" && last.value) return last.value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [where] = await Promise.allSettled([
    window.run(() => `${location.href} ${document.body.innerText.slice(0, 200)}`),
  ]);
  throw new Error(`never held: ${holds} (${JSON.stringify(last)}) at ${JSON.stringify(where)}`);
}
