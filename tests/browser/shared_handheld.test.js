/** One handheld, two people: what Ada left is sent in her name, and Bo never sees her store. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { booked, rowsOf } from "./books.js";
import { openHandheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { outboxRows, replicaBuckets } from "./own_storage.js";
import { PASSWORDS, retype, see, signIn, stateOf, tap } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {{ path: string, person: string | null, store: string, links: string[], text: string }} Look */

const [GHENT, ANTWERP] = [1, 2];
const [ADA, BO] = [2, 5];
const STAFF_PAGES = ["/", "/items", "/items/4", "/transfers", "/inbox", "/outbox", "/me"];

/** Everything that is ever painted, told as it appears. @param {Page} page @returns {Promise<Look[]>} */
async function watched(page) {
  /** @type {Look[]} */
  const looks = [];
  await page.exposeFunction("tellLook", (/** @type {Look} */ look) => looks.push(look));
  await page.evaluateOnNewDocument(() => {
    let told = "";
    const look = () => {
      if (!document.body) return;
      const { dataset, innerText } = document.body;
      const links = [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href") ?? "");
      const store = document.querySelector(".bar-store")?.textContent ?? "";
      const now = { path: location.pathname, person: dataset.person ?? null, store, links, text: innerText };
      if (told === JSON.stringify(now)) return;
      told = JSON.stringify(now);
      Reflect.get(globalThis, "tellLook")(now);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
    document.addEventListener("DOMContentLoaded", look);
  });
  return looks;
}

/** Adds five of item 4 on Ada's page. @param {Page} page */
async function adjust(page) {
  await page.goto(new URL("/items/4", page.url()).href);
  await page.click("label:has(input[name=direction][value=in])");
  await retype(page, "input[name=quantity]", "5");
  await page.click("button[name=reason][value=found]");
  await see(page, "#recent .op-waiting", /5/);
  const [{ id }] = await page.evaluate(outboxRows, "operations");
  return id;
}

/** @param {Page} page */
async function signOutWarned(page) {
  await page.goto(new URL("/me", page.url()).href);
  await stateOf(page, { waiting: 1 });
  await tap(page, "form[data-sign-out] button");
  await page.waitForSelector("#sign-out-sheet[open]");
  await page.click("[data-sign-out-stay]");
  assert.equal(new URL(page.url()).pathname, "/me");
  await tap(page, "form[data-sign-out] button");
  await page.waitForSelector("#sign-out-sheet[open]");
  await page.click("[data-sign-out-go]");
  await page.waitForFunction(() => location.pathname === "/goodbye");
}

/** Bo, who does not wait until his store is on the phone. @param {Page} page @param {string} address */
async function signInWithoutWaiting(page, address) {
  await page.goto(`${address}/sign-in`);
  await page.waitForSelector("input[name=username]");
  await page.type("input[name=username]", "bo");
  await page.type("input[name=password]", PASSWORDS.bo);
  await page.click("form button:not([type=button])");
  await page.waitForFunction(() => location.pathname === "/welcome");
}

test("Bo never sees what came for Ada, and her work is booked in her name", { timeout: 120_000 }, async (t) => {
  const hub = await openHub();
  t.after(() => hub.close());
  const line = await openLine(hub);
  t.after(() => line.cut());
  const { handheld, page } = await openHandheld(t);
  const looks = await watched(page);
  await signIn(page, line.address, "ada");

  const letGo = line.hold("/sync/pull");
  const letWork = line.hold("/sync/push");
  const pulls = line.asked.filter((one) => one === "POST /sync/pull").length;
  await page.evaluate(() => navigator.serviceWorker.controller?.postMessage({ type: "wake" }));
  await line.heard("POST /sync/pull", pulls + 1);
  const id = await adjust(page);
  await signOutWarned(page);

  await page.goBack();
  assert.ok(!looks.slice(-1)[0].store, "a step back after the sign-out shows the store");
  const before = looks.length;
  await signInWithoutWaiting(page, line.address);
  await page.goto(`${line.address}/items`);
  letGo();
  letWork();
  for (const path of STAFF_PAGES) await page.goto(line.address + path);
  await stateOf(page, { waiting: 0, live: true });
  for (const path of STAFF_PAGES) await page.goto(line.address + path);

  judge(looks.slice(before), hub);
  const kept = await page.evaluate(replicaBuckets);
  const strange = kept[`stockhand-replica-2-${BO}`].filter((name) => [`user:${ADA}`, `work:${GHENT}`].includes(name));
  assert.deepEqual(strange, []);
  assert.ok(kept[`stockhand-replica-2-${BO}`].includes(`work:${ANTWERP}`));
  const [row] = rowsOf(hub, "SELECT person_id, status FROM outcomes WHERE operation_id = ?", id);
  assert.deepEqual(row, { person_id: ADA, status: "applied" });
  assert.equal(booked(hub, [id]), 1);
  assert.deepEqual(handheld.problems, []);
});

/** @param {Look[]} looks from Bo's first step on @param {import("./hub.js").Hub} hub */
function judge(looks, hub) {
  const hers = rowsOf(hub, "SELECT id FROM transfers WHERE from_store_id <> ? AND to_store_id <> ?", ANTWERP, ANTWERP);
  assert.ok(hers.length > 0, "nothing in the demo is hidden from Bo");
  for (const look of looks) {
    const where = `${look.path}: ${look.store}`;
    assert.ok([null, String(BO)].includes(look.person), `${where} is a page of person ${look.person}`);
    assert.ok(["", "Antwerp"].includes(look.store), where);
    assert.doesNotMatch(look.text, /Ada Maes|\+5 Found/, where);
    for (const { id } of hers) assert.ok(!look.links.includes(`/transfers/${id}`), `${where} shows ${id}`);
  }
  assert.ok(looks.filter((look) => look.person === String(BO)).length >= STAFF_PAGES.length);
}
