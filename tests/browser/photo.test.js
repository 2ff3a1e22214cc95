/** A photo as the source of a code: read by the hub, and one that is taken without a network waits through a reload. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Handheld } from "./handheld.js";
import { openHub, TOP } from "./hub.js";
import { see, signIn } from "./staff.js";

const WAITS_MS = 45_000;
const RENDERED = `
import sys
from random import Random
from tests.photographs.rendering import RENDERERS
label = RENDERERS["ean_13"](Random(7))
label.picture.save(sys.argv[1])
print(label.text)
`;

/** @type {import("./hub.js").Hub} */
let hub;
const handheld = new Handheld();
/** @type {import("puppeteer-core").Page} */
let page;
let photo = "";
let code = "";

before(async () => {
  hub = await openHub();
  photo = join(hub.data, "photo.png");
  const env = { ...process.env, PYTHONPATH: TOP };
  const words = ["-c", RENDERED, photo];
  code = execFileSync(join(TOP, ".venv/bin/python"), words, { cwd: TOP, env, encoding: "utf8" }).trim();
  page = await handheld.start();
  await signIn(page, hub.address, "ada");
});
after(async () => {
  await handheld.throwAway();
  await hub.close();
});

async function take() {
  const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await page.$("#scan-photo"));
  await input.uploadFile(photo);
}

test("a code in a photo goes into the list of scans when it is tapped", async () => {
  await take();
  await page.waitForSelector(`[data-photo-code="${code}"]`, { timeout: WAITS_MS });
  await page.click(`[data-photo-code="${code}"]`);
  await page.waitForSelector(`#scan-list [data-code="${code}"]`);
  await page.click("[data-photo-done]");
  await page.waitForSelector("#scan-photos[hidden]");
});

test("a photo taken without a network waits through a reload, and is read when the hub is back", async () => {
  await hub.kill();
  await take();
  await see(page, ".photo-waiting", /: 1/);
  await page.reload();
  await see(page, ".photo-waiting", /: 1/);
  await hub.start();
  await page.waitForSelector(`[data-photo-code="${code}"]`, { timeout: WAITS_MS });
  assert.equal(await page.$(".photo-waiting"), null);
  // What was read stays until somebody has seen it.
  await page.reload();
  await page.waitForSelector(`[data-photo-code="${code}"]`);
});
