/** The three engines that staff may hold in their hands, driven alike: go somewhere, run something in the page, close. */

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { openBrowser } from "./scan/browser.js";
import { missingForWebkit, openWebkit } from "./webkit.js";

const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** @typedef {import("./webkit.js").Window} Window */
/** @typedef {{ name: string, missing: string, open: () => Promise<Window> }} Engine `missing` is a Debian package */

/** @type {Engine[]} */
export const ENGINES = [
  { name: "Chromium", missing: CHROMIUM ? "" : "chromium", open: openChromium },
  { name: "Firefox", missing: FIREFOX ? "" : "firefox-esr", open: openFirefox },
  { name: "WebKit", missing: missingForWebkit(), open: openWebkit },
];

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
  return windowOf(browser, await browser.newPage(), () => browser.close());
}

/**
 * @param {import("puppeteer-core").Browser} browser @param {import("puppeteer-core").Page} page
 * @param {() => Promise<void>} close @returns {Window}
 */
function windowOf(browser, page, close) {
  return {
    goto: async (url) => {
      await page.goto(url);
    },
    run: (work, ...given) => page.evaluate(work, ...given),
    show: () => page.bringToFront(),
    another: async () => windowOf(browser, await browser.newPage(), close),
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
