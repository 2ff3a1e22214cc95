/** A phone that sees no network for days: its queue is carried to the hub as a file, and nothing is booked twice. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { booked } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { outboxRows } from "./own_storage.js";
import { retype, see, signIn } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const BACK_WITHIN_MS = 25_000;

/** @type {import("./hub.js").Hub} */
let hub;
const handheld = new Handheld();
const folder = mkdtempSync(join(tmpdir(), "carried-"));
/** @type {Page} */
let page;

before(async () => {
  hub = await openHub();
  page = await handheld.start();
  await signIn(page, hub.address, "ada");
  await hub.kill();
});
after(async () => {
  await handheld.throwAway();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} item */
async function add(item) {
  await page.goto(hub.address + item);
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "1");
  await page.click("button[name=reason][value=found]");
  await see(page, "#toast:not([hidden])", /\w/);
}

/** @param {string} file */
async function written(file) {
  const until = Date.now() + BACK_WITHIN_MS;
  for (;;) {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test("the queue is saved from the sync page, delivered at the hub, and sent by the phone later without effect", async () => {
  await add("/items/4");
  await add("/items/5");
  const waiting = (await page.evaluate(outboxRows, "operations")).map(({ id }) => id);
  assert.equal(waiting.length, 2);

  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.goto(`${hub.address}/outbox`);
  await page.click("[data-save-queue]");
  const file = join(folder, "stockhand-queue.json");
  const queue = JSON.parse(await written(file));
  assert.deepEqual(
    queue.ops.map((/** @type {{id: string}} */ { id }) => id),
    waiting,
  );

  const delivered = hub.command("inbox", "deliver", file, "--data", hub.data);
  assert.equal(delivered.stdout, "2 booked\n", delivered.stderr);
  assert.equal(booked(hub, waiting), 2);

  await hub.start();
  const again = hub.command("inbox", "deliver", file, "--data", hub.data);
  assert.equal(again.stdout, "2 booked\n", again.stderr);
  await page.waitForFunction(() => document.querySelector("[data-save-queue]") === null, { timeout: BACK_WITHIN_MS });
  assert.deepEqual(await page.evaluate(outboxRows, "operations"), []);
  assert.equal(booked(hub, waiting), 2);
  assert.equal(hub.command("doctor", "--data", hub.data).stdout, "The books are true.\n");
  assert.deepEqual(handheld.problems, []);
});
