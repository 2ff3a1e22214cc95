/** A phone whose storage is full: nothing typed is lost, it is said, and work goes on when there is room. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { waitingOn } from "./full_outbox.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { retype, see, signIn, stateOf } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {import("./line.js").Line} */
let line;
const handheld = new Handheld();
/** @type {Page} */
let page;

before(async () => {
  hub = await openHub();
  line = await openLine(hub);
  page = await handheld.start();
  await signIn(page, line.address, "ada");
});
after(async () => {
  await handheld.throwAway();
  await line.cut();
  await hub.close();
});

// For so long Chromium goes by what it last knew of the room that is left.
const KNOWN_MS = 33_000;

/** Gives the shop's pages so much room, or as much as there is. @param {number} [bytes] */
async function room(bytes) {
  const protocol = await page.createCDPSession();
  const quota = bytes === undefined ? {} : { quotaSize: bytes };
  await protocol.send("Storage.overrideQuotaForOrigin", { origin: new URL(line.address).origin, ...quota });
}

test("a form that finds no room stands there as it was typed, with a sentence", { timeout: 120_000 }, async () => {
  await page.goto(`${line.address}/items/4`);
  await line.cut();
  await room(1000);
  await new Promise((resolve) => setTimeout(resolve, KNOWN_MS));
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "7");
  await page.click("button[name=reason][value=found]");
  await see(page, "[data-problem]", /no room left/);
  assert.equal(await page.$eval("input[name=quantity]", (one) => /** @type {HTMLInputElement} */ (one).value), "7");
  assert.equal(await waitingOn(page), 0);
  await see(page, "#storage-note", /running out of room/);
  assert.equal((await stateOf(page, { storage: "full" })).waiting, 0);

  await room();
  await page.click("button[name=reason][value=found]");
  await see(page, "#recent", /7/);
  assert.equal(await waitingOn(page), 1);
  await page.waitForSelector("#storage-note[hidden]");
});

test("the sync page tells how the phone stands, and that the browser may clear it while work waits", async () => {
  await page.goto(`${line.address}/outbox`);
  await see(page, "[data-glance=waiting]", /^1$/);
  await see(page, "[data-glance=hub]", /out of reach/);
  await see(page, "[data-glance=oldest]", /ago|just now/);
  assert.match(await page.$eval("[data-glance=release]", (one) => one.textContent ?? ""), /^[0-9a-f]{8}$/);
  const state = await stateOf(page, { waiting: 1 });
  assert.ok(["ok", "unsure"].includes(state.storage), state.storage);
  if (state.storage === "unsure") await see(page, "#storage-note", /may clear/);
});

test("what waited is sent when the hub is back", async () => {
  await line.mend();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await stateOf(page, { waiting: 0, live: true });
  assert.deepEqual(handheld.problems, []);
});
