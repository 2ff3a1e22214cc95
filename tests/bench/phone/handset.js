/** A phone for measurements: a real Chromium on a profile, signed in without being shown a page, its worker within reach. */

import { mkdtempSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "../../browser/scan/browser.js";
import { PASSWORDS, PHONE, stateOf } from "../../browser/staff.js";
import { slowDown } from "./slow_cpu.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {Awaited<ReturnType<typeof openHandset>>} Handset */

// A phone's pictures are drawn by its graphics processor, these by the processor that is measured.
const SCREEN = { ...PHONE, deviceScaleFactor: 1 };
// Under the worker's hand and without a script of ours: nothing happens there that a measurement has not asked for.
const QUIET_PAGE = "/readyz";

/** @param {{ address: string, profile?: string }} where `profile` is copied, so that it can be used again */
export async function openHandset({ address, profile }) {
  const folder = mkdtempSync(join(tmpdir(), "handset-"));
  if (profile) await cp(profile, folder, { recursive: true });
  const { browser, close } = await openBrowser({ profile: folder });
  let speedUp = async () => {};
  return {
    address,
    browser,
    folder,
    page: () => newPage(browser),
    slowDown() {
      speedUp = slowDown(browser.process().pid);
    },
    async close() {
      await close();
      await speedUp();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    /** Ends the browser and keeps its profile. */
    stop: close,
  };
}

/** @param {import("puppeteer-core").Browser} browser @returns {Promise<Page>} */
async function newPage(browser) {
  const page = await browser.newPage();
  await page.setViewport(SCREEN);
  page.setDefaultTimeout(300_000);
  return page;
}

/** @param {Page} page @param {string} address */
export async function goQuiet(page, address) {
  await page.goto(`${address}${QUIET_PAGE}`);
}

/** Signs in, and tells no worker of it. @param {Page} page @param {string} address @param {string} username */
export async function signInQuietly(page, address, username) {
  await page.goto(`${address}/sign-in`);
  await page.evaluate(
    async (username, password) => {
      const body = new URLSearchParams({ username, password, next: "/" });
      const answer = await fetch("/sign-in?lang=en", { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error(`not signed in: ${answer.status}`);
    },
    username,
    PASSWORDS[username],
  );
  await goQuiet(page, address);
}

/**
 * A phone that is in use: its profile is filled, its page is open, the stream is, and nothing is on its way any more.
 * @param {any} plan @param {string} path @param {() => void} before runs in every page before its own scripts
 */
export async function openWarm(plan, path, before) {
  const phone = await openHandset(plan);
  try {
    // Before there is a page: a browser that has made a thread for sound is not taken into a group any more.
    if (plan.throttled) phone.slowDown();
    const page = await phone.page();
    await page.evaluateOnNewDocument(before);
    await page.goto(plan.address + path);
    await stateOf(page, { live: true, waiting: 0 }, 120_000);
    await pause(1000);
    return { phone, page };
  } catch (error) {
    await phone.close();
    throw error;
  }
}

/** Registers the worker and waits until it rules this page. @param {Page} page */
export async function startWorker(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/service_worker.js", { type: "module", scope: "/" });
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 10));
  });
}

/** The worker's own line of the protocol. @param {import("puppeteer-core").Browser} browser */
export async function workerOf(browser) {
  const target = await browser.waitForTarget((one) => one.type() === "service_worker");
  return await target.createCDPSession();
}

/**
 * Says who is here and waits until what they carry can be searched and scanned: milliseconds from the one to the other.
 * @param {Page} page @param {number} person @param {{ gtin: string, id: number, word: string }} looked
 * @returns {Promise<number>}
 */
export function firstSync(page, person, looked) {
  return page.evaluate(
    async (person, { gtin, id, word }) => {
      const worker = navigator.serviceWorker.controller;
      const channel = new BroadcastChannel("stockhand");
      const began = performance.now();
      const whole = new Promise((resolve) => {
        channel.onmessage = ({ data }) => data.type === "state" && data.state.as_of !== null && resolve(undefined);
      });
      worker.postMessage({ type: "who", person });
      const asking = setInterval(() => worker.postMessage({ type: "state?" }), 250);
      await whole;
      clearInterval(asking);
      channel.close();
      for (const path of [`/items?q=${encodeURIComponent(word)}`, `/?code=${gtin}`]) {
        const answer = await fetch(path);
        const text = await answer.text();
        // The hub dates what it answers.
        if (answer.headers.has("date")) throw new Error(`${path} was not answered by the phone`);
        if (!text.includes(`/items/${id}"`)) throw new Error(`${path} does not show item ${id}`);
      }
      return performance.now() - began;
    },
    person,
    looked,
  );
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
