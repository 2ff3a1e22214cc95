/** The main job from end to end: two phones, a dead hub, and books that agree in the evening. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openHub } from "./hub.js";
import { openBrowser, openPage } from "./scan/browser.js";
import { PHONE, retype, see, signIn, stateOf, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** What is held before the camera: an empty counter, then the code, over and over. @param {string} code */
const scenesOf = (code) => [{ frames: 15 }, { format: "EAN13", text: code, frames: 45 }];

/** @param {import("node:test").TestContext} t @param {Parameters<typeof openBrowser>[0]} [wishes] */
async function phone(t, wishes) {
  const { browser, close } = await openBrowser(wishes);
  t.after(close);
  const { page } = await openPage(browser);
  await page.setViewport(PHONE);
  return page;
}

/** Scans by camera, puts two on the shelf, asks the best store for three. @param {Page} page @returns the transfer's path */
async function workOffline(page) {
  await page.reload();
  // Where the camera was granted before it starts by itself; else at a tap.
  const start = await page.waitForSelector("#scan-start", { visible: true, timeout: 1000 }).catch(() => null);
  await start?.click();
  await see(page, "#scan-list", /\S/, 30_000);
  await tapTo(page, "#scan-list a[href^='/items/']", /^\/items\/\d+$/);
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "2");
  await page.click("button[name=reason][value=found]");
  await see(page, "#recent", /\S/);
  await tapTo(page, "a[href^='/transfers/new']", /^\/transfers\/new$/);
  await retype(page, "input[name=quantity]", "3");
  await tapTo(page, ".action-bar button", /^\/transfers\/[0-9a-f-]{36}$/);
  return page.evaluate(() => location.pathname);
}

/** @param {Page} page @param {string} path @param {"approve" | "dispatch"} action */
async function decide(page, path, action) {
  if (action === "approve") await tapTo(page, `#main a[href='${path}']`, new RegExp(path));
  else await page.click("[data-fill]");
  await page.waitForSelector(`button[name=action][value=${action}]`);
  await page.click(`button[name=action][value=${action}]`);
  return Date.now();
}

test("a day without a network ends with the goods here and the books true", { timeout: 240_000 }, async (t) => {
  const hub = await openHub();
  t.after(() => hub.close());
  const code = /scan(?:s|ned)? (\d{13})/.exec(hub.said)?.[1] ?? assert.fail(hub.said);
  const ada = await phone(t, { camera: "plays", scenes: scenesOf(code) });
  await signIn(ada, hub.address, "ada");

  await hub.kill();
  const path = await workOffline(ada);
  await stateOf(ada, { waiting: 2 });
  await ada.evaluate(() => Object.assign(globalThis, { untouched: true }));

  await hub.start();
  const back = Date.now();
  await stateOf(ada, { waiting: 0 }, 5000);
  t.diagnostic(`outbox empty ${Date.now() - back} ms after the hub was back`);

  const bo = await phone(t);
  await signIn(bo, hub.address, "bo");
  await tapTo(bo, "a.tab[href='/inbox']", /^\/inbox$/);
  const approved = await decide(bo, path, "approve");
  await see(ada, "#transfer-head .tag-approved", /./, 5000);
  t.diagnostic(`approval seen on the other phone after ${Date.now() - approved} ms`);

  await decide(bo, path, "dispatch");
  await see(ada, "#transfer-head .tag-dispatched", /./, 5000);
  await retype(ada, "input[name=quantity]", "2");
  await ada.click("button[name=action][value=receive]");
  await see(ada, "#transfer-head .tag-short", /./);
  await stateOf(ada, { waiting: 0 });
  assert.equal(await ada.evaluate(() => Reflect.get(globalThis, "untouched")), true, "the page was reloaded");
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
  t.diagnostic(doctor.stdout.trim());
});
