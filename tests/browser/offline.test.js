/** A working day while the hub is gone: switched on cold, every page, every refusal, and nothing lost or booked twice. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { booked, rowsOf } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { outboxRows } from "./own_storage.js";
import { retype, see, signIn, stateOf, tap, tapTo } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */

const BACK_WITHIN_MS = 5000;
const GHENT = 1;
const ITEM = "/items/4";

/** @type {import("./hub.js").Hub} */
let hub;
const handheld = new Handheld();
/** @type {Page} */
let page;
/** The policy of the hub's own pages. */
let policy = "";

before(async () => {
  hub = await openHub();
  page = await handheld.start();
  await signIn(page, hub.address, "ada");
  policy = (await fetch(`${hub.address}/sign-in`)).headers.get("content-security-policy") ?? "";
  await hub.kill();
  await handheld.stop();
  handheld.documents.length = 0;
  page = await handheld.start();
});
after(async () => {
  await handheld.throwAway();
  await hub.close();
});

/** @param {string} path */
const open = (path) => page.goto(hub.address + path);

async function waiting() {
  const rows = await page.evaluate(outboxRows, "operations");
  return rows.map(({ id }) => id).sort();
}

/** Types a quantity to add and taps the reason. @param {string} quantity */
async function add(quantity) {
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", quantity);
  await page.click("button[name=reason][value=found]");
}

test("switched on cold without the hub, every page is there", async (t) => {
  const [{ id }] = rowsOf(hub, "SELECT id FROM transfers WHERE to_store_id = ?", GHENT);
  const began = Date.now();
  await open("/");
  await page.waitForSelector("#main");
  t.diagnostic(`the first page stood after ${Date.now() - began} ms`);
  const paths = [
    "/items",
    ITEM,
    "/items?q=%E9%A5%BC%E5%B9%B2",
    "/transfers",
    `/transfers/${id}`,
    "/transfers/new?item=4",
  ];
  for (const path of [...paths, "/inbox", "/outbox", "/me", "/?code=F-01004"]) {
    await open(path);
    assert.ok(await page.$eval("#main h1, #main [data-scan], #scan", (one) => one !== null), path);
  }
  await open("/items?q=%E9%A5%BC%E5%B9%B2");
  assert.ok((await page.$$("#found a[href^='/items/']")).length > 5, "饼干 finds biscuits");
  await page.reload();
  assert.ok((await page.$$("#found a[href^='/items/']")).length > 5, "and after a reload too");
});

test("without the hub a label tells its lot and that it is expired, and fills the form", async () => {
  await open(ITEM);
  const printed = await page.$$eval(".item-codes span", (all) => all.at(-1)?.textContent ?? "");
  const label = `(01)${printed.padStart(14, "0")}(17)240200(10)L-7/B(30)6`;
  await open(`/?code=${encodeURIComponent(label)}`);
  await see(page, "#scan-list .told-expired:not([hidden])", /29 Feb 2024/);
  await see(page, "#scan-list .told", /L-7\/B/);
  await tapTo(page, `#scan-list .scan-card-actions a[href^='${ITEM}?']`, /^\/items\/4$/);
  await see(page, ".told-expired:not([hidden])", /29 Feb 2024/);
  const filled = await page.$$eval("#adjust input[name=quantity], #adjust input[name=lot]", (all) =>
    all.map((one) => /** @type {HTMLInputElement} */ (one).value),
  );
  assert.deepEqual(filled, ["6", "L-7/B"]);
});

test("what is not on this phone is said in a page of ours", async () => {
  const unknown = await open(`/transfers/${randomUUID()}`);
  assert.equal(unknown?.status(), 404);
  assert.ok(await page.$("nav.tabs"));
});

test("the language changes without the hub, and back", async () => {
  await open("/me");
  await page.click("button[name=locale][value=zh]");
  await page.waitForFunction(() => document.documentElement.lang === "zh-Hans");
  await open(ITEM);
  await see(page, "h1.item-name", /蜂蜜/);
  await open("/me");
  await page.click("button[name=locale][value=en]");
  await page.waitForFunction(() => document.documentElement.lang === "en");
});

test("a sign-out without the hub is put off with a sentence, and the work stays", async () => {
  await open("/me");
  const before = await waiting();
  await tap(page, "form[data-sign-out] button");
  await page.waitForSelector("#sign-out-sheet[open]");
  await page.click("[data-sign-out-go]");
  await see(page, "#toast:not([hidden])", /cannot be reached/);
  assert.equal(new URL(page.url()).pathname, "/me");
  assert.deepEqual(await waiting(), before);
});

for (const { typed, name } of [
  { typed: "-3", name: "a negative quantity" },
  { typed: "99999999999", name: "a huge quantity" },
  { typed: "three", name: "a word instead of a quantity" },
  { typed: "", name: "no quantity" },
]) {
  test(`${name} is refused with a sentence, and stays in its field`, async () => {
    await open(ITEM);
    const before = await waiting();
    await add(typed);
    await page.waitForSelector("#adjust [data-problem]");
    assert.match(await page.$eval("#adjust [data-problem]", (one) => one.textContent ?? ""), /\w{3,}.*\.\s*$/s);
    assert.equal(await page.$eval("input[name=quantity]", (one) => one.value), typed);
    assert.equal(await page.$eval("input[name=direction]:checked", (one) => one.value), "in");
    assert.deepEqual(await waiting(), before);
  });
}

test("a request to one's own store, and an unknown code, are refused and keep what was typed", async () => {
  await open("/transfers/new?item=4&quantity=3");
  const before = await waiting();
  await page.type("input[name=note]", "for the window");
  await page.$eval("input[name=from]:checked", (one) => {
    one.value = "1";
  });
  await page.click(".action-bar button");
  await page.waitForSelector("#request [data-problem]");
  const kept = () =>
    page.$eval("#request", (one) => [...new FormData(/** @type {HTMLFormElement} */ (one))].slice(1).sort().join(" "));
  assert.match(await kept(), /item,4.*note,for the window.*quantity,3/);

  await page.type("#request-add", "NO-SUCH-CODE");
  await page.click("[data-scan-button]");
  await see(page, "#request [data-problem]", /NO-SUCH-CODE|code/i);
  assert.match(await kept(), /add,NO-SUCH-CODE.*item,4.*note,for the window.*quantity,3/);
  assert.deepEqual(await waiting(), before);
});

test("a double tap, and the same form sent again, count once", async () => {
  await open(ITEM);
  const before = await waiting();
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "6");
  const id = await page.$eval("form.adjust", (one) => {
    const button = /** @type {HTMLElement} */ (one.querySelector("button[value=found]"));
    const { value } = /** @type {HTMLInputElement} */ (one.querySelector("[name=operation_id]"));
    button.click();
    button.click();
    return value;
  });
  await see(page, "#recent .op-waiting", /6/);
  await page.evaluate(sendAgain, ITEM, id);
  assert.deepEqual(await waiting(), [...before, id].sort());
});

/** Runs in the page. @param {string} path @param {string} id */
async function sendAgain(path, id) {
  const body = new URLSearchParams({ operation_id: id, direction: "in", quantity: "6", reason: "found" });
  await fetch(path, { method: "POST", headers: { "HX-Request": "true" }, body });
}

test("nothing is lost by a reload or a switched-off phone, and all is sent once the hub is back", async (t) => {
  await open(ITEM);
  await tapTo(page, "a[href^='/transfers/new']", /^\/transfers\/new$/);
  await retype(page, "input[name=quantity]", "2");
  await tapTo(page, ".action-bar button", /^\/transfers\/[0-9a-f-]{36}$/);
  const recorded = await waiting();
  assert.ok(recorded.length >= 4);
  await page.reload();
  assert.deepEqual(await waiting(), recorded);
  await handheld.stop();
  page = await handheld.start();
  await open("/outbox");
  assert.deepEqual(await waiting(), recorded);
  assert.equal((await page.$$("#outbox-rows .op-waiting")).length, recorded.length);

  await hub.start();
  const back = Date.now();
  await stateOf(page, { waiting: 0 }, BACK_WITHIN_MS);
  t.diagnostic(`${recorded.length} operations sent ${Date.now() - back} ms after the hub was back`);
  assert.equal(booked(hub, recorded), recorded.length);
  const asked = recorded.map(() => "?").join();
  const sum = `SELECT sum(delta) AS pieces FROM ledger WHERE operation_id IN (${asked})`;
  assert.deepEqual(rowsOf(hub, sum, ...recorded), [{ pieces: 6 }]);
});

test("work done in flight mode is sent within five seconds of its end", async (t) => {
  await open(ITEM);
  await stateOf(page, { live: true });
  await handheld.flightMode(page, true);
  await add("1");
  await see(page, "#recent .op-waiting", /1/);
  const recorded = await waiting();
  await new Promise((resolve) => setTimeout(resolve, 4000));
  assert.deepEqual(await waiting(), recorded);
  await handheld.flightMode(page, false);
  const back = Date.now();
  await stateOf(page, { waiting: 0 }, BACK_WITHIN_MS);
  t.diagnostic(`sent ${Date.now() - back} ms after flight mode ended`);
  assert.equal(booked(hub, recorded), 1);
});

test("all the while pages came from the phone with the hub's policy, and no script broke", () => {
  const pages = handheld.documents.filter(({ path }) => !path.startsWith("/sign-in"));
  assert.ok(pages.length > 20);
  for (const { path, status, fromWorker, policy: had } of pages) {
    assert.equal(had, policy, path);
    assert.ok(fromWorker && [200, 404].includes(status), `${path} ${status} ${fromWorker}`);
  }
  assert.deepEqual(handheld.problems, []);
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
});
