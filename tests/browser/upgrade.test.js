/** Releases that meet: an old phone and a new hub, a new page and an old worker, three releases side by side. */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { emptied, record, waitingOn } from "./full_outbox.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { nextRelease } from "./next_release.js";
import { outboxRows } from "./own_storage.js";
import { retype, see, signIn, stateOf } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const FULL = 300;

/** @type {import("./hub.js").Hub} */
let hub;
const [first, second, third] = [new Handheld(), new Handheld(), new Handheld()];
/** @type {string[]} */
const tops = [];
/** @type {Page} */
let ada;

before(async () => {
  hub = await openHub();
  ada = await first.start();
  await signIn(ada, hub.address, "ada");
});
after(async () => {
  await Promise.all([first, second, third].map((handheld) => handheld.throwAway()));
  await hub.close();
  for (const top of tops) rmSync(top, { recursive: true, force: true });
});

/** @param {string} mark @param {number} [schema] */
async function upgrade(mark, schema) {
  await hub.kill();
  const top = nextRelease(mark, schema);
  tops.push(top);
  await hub.start(top);
}

/** Where the files of a page come from. @param {Page} page */
const release = (page) => page.$eval("link[rel=stylesheet]", (one) => /\/static\/(\w+)\//.exec(one.href)?.[1] ?? "");

/** @param {Page} page */
const onHand = (page) => page.$eval("#item-figures", (one) => Number(/\d+/.exec(one.textContent ?? "")?.[0]));

test("an old phone with a full outbox meets a new hub and loses nothing", { timeout: 300_000 }, async (t) => {
  await ada.goto(`${hub.address}/items/4`);
  const [stood, old] = [await onHand(ada), await release(ada)];
  await hub.kill();
  await record(ada, FULL);
  assert.equal(await waitingOn(ada), FULL);
  await upgrade("second");
  await ada.evaluate(() => window.dispatchEvent(new Event("online")));
  t.diagnostic(`${FULL} operations were sent in ${Math.round(await emptied(ada, 30_000))} ms`);
  await see(ada, "#item-figures", new RegExp(`\\b${stood + FULL}\\b`));
  assert.equal(await release(ada), old, "and nobody has taken the new release yet");
  assert.equal((await ada.evaluate(outboxRows, "journal")).length, FULL);
  assert.match(hub.command("doctor", "--data", hub.data).stdout, /./);
});

test("a new page works with the old worker", { timeout: 120_000 }, async () => {
  const page = await first.page();
  await page.setBypassServiceWorker(true);
  await page.goto(`${hub.address}/items/4`);
  await page.setBypassServiceWorker(false);
  assert.notEqual(await release(page), await release(ada), "it comes from the new release");
  const stood = await onHand(page);
  await stateOf(ada, { live: true, waiting: 0 });
  await see(page, "[data-state]", /live/);
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "2");
  await page.click("button[name=reason][value=found]");
  await see(page, "#item-figures", new RegExp(`\\b${stood + 2}\\b`));
  await see(ada, "#item-figures", new RegExp(`\\b${stood + 2}\\b`));
  await page.close();
  assert.deepEqual(first.problems, []);
});

test("phones of three releases work side by side", { timeout: 240_000 }, async () => {
  const bo = await second.start();
  await signIn(bo, hub.address, "nora");
  await upgrade("third");
  const sam = await third.start();
  await signIn(sam, hub.address, "ada");
  const pages = [ada, bo, sam];
  for (const page of pages) await page.goto(`${hub.address}/items/4`);
  assert.equal(new Set(await Promise.all(pages.map(release))).size, 3);
  const stood = await onHand(ada);
  for (const [index, page] of pages.entries()) {
    await stateOf(page, { live: true });
    await record(page, 1);
    for (const each of pages) await see(each, "#item-figures", new RegExp(`\\b${stood + index + 1}\\b`));
  }
  assert.deepEqual([first.problems, second.problems, third.problems], [[], [], []]);
});

test("a phone too old for the hub's rows sends its work all the same, and says what to do", {
  timeout: 180_000,
}, async () => {
  await hub.kill();
  await record(ada, 3);
  await upgrade("fourth", 2);
  await ada.evaluate(() => window.dispatchEvent(new Event("online")));
  await emptied(ada, 20_000);
  const state = await stateOf(ada, { paused: "schema" });
  assert.equal(state.waiting, 0);
  await see(ada, "[data-state]", /update/);
  const kept = await ada.evaluate(outboxRows, "journal");
  assert.equal(kept.length, FULL + 4);
  assert.ok((await onHand(ada)) > 0, "and what it has stays in sight");
});
