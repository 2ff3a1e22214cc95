/** What one person saw or did and another looks at, each on a phone of their own, without a network where they stand. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { begins, comesBack, goesHome } from "./colleagues.js";
import { openHub } from "./hub.js";
import { retype, see, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @typedef {import("./colleagues.js").Colleague} Colleague */

/** An item of which Ghent has more than anybody here takes. */
const PLENTY = `SELECT item_id, on_hand FROM balances JOIN locations ON locations.id = location_id AND kind = 'store'
  JOIN stores ON stores.id = store_id WHERE code = 'GNT' AND lot = '' AND on_hand > 60 ORDER BY item_id LIMIT 1`;

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Record<string, Colleague>} */
const at = {};

before(async () => {
  hub = await openHub();
  for (const name of ["ada", "nora"]) at[name] = await begins(hub, name);
});
after(async () => {
  for (const who of Object.values(at)) await goesHome(who);
  await hub.close();
});

function theBooksAreTrue() {
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
}

test("an adjustment above the limit waits for somebody else, whatever its author tries", async () => {
  const { nora } = at;
  const [{ item_id: item }] = rowsOf(hub, PLENTY);
  await nora.page.goto(`${nora.line.address}/items/${item}`);
  await tap(nora.page, "label:has(input[name=direction][value=in])");
  await retype(nora.page, "input[name=quantity]", "600");
  await tap(nora.page, "button[name=reason][value=found]");
  await tap(nora.page, "#sure button[value=yes]");
  await see(nora.page, "#recent", /600/);
  await stateOf(nora.page, { waiting: 0 });
  const told =
    "SELECT operation_id, status, code FROM outcomes WHERE kind = 'stock.adjust' ORDER BY booked_at DESC LIMIT 1";
  const [{ operation_id: id, status, code }] = rowsOf(hub, told);
  assert.deepEqual([status, code], ["review", "above_limit"]);
  await nora.page.goto(`${nora.line.address}/reviews`);
  await see(nora.page, "#review-rows", /\S/);
  assert.equal(await nora.page.$(`input[name=review][value='${id}']`), null, "her own work is hers to settle");
  await nora.page.evaluate(async (review) => {
    const operation_id = crypto.randomUUID();
    const body = new URLSearchParams({ operation_id, review, accept: "yes" });
    await fetch("/reviews", { method: "POST", body, headers: { "HX-Request": "true" } });
  }, id);
  await stateOf(nora.page, { waiting: 0 });
  const settling = "SELECT status, code FROM outcomes WHERE kind = 'review.settle' ORDER BY booked_at DESC LIMIT 1";
  assert.deepEqual(rowsOf(hub, settling), [{ status: "refused", code: "own_work" }]);
  const moved = "SELECT count(*) AS entries FROM ledger WHERE operation_id = ?";
  assert.equal(rowsOf(hub, moved, id)[0].entries, 0);
  at.anouk = await begins(hub, "anouk");
  await at.anouk.page.goto(`${at.anouk.line.address}/reviews`);
  await tap(at.anouk.page, `form:has(input[name=review][value='${id}']) button[value=yes]`);
  await stateOf(at.anouk.page, { waiting: 0 });
  assert.equal(rowsOf(hub, moved, id)[0].entries, 1);
  theBooksAreTrue();
});

/** Until the hub's book says so; what it says if not is for whoever asks. @param {() => boolean} said */
async function booked(said) {
  for (const until = Date.now() + 20_000; !said() && Date.now() < until; )
    await new Promise((next) => setTimeout(next, 50));
}

/** Counts so many of the item blindly, in a count of the whole store. @param {Colleague} who @param {string} code @param {number} units */
async function countsBlindly({ page, line }, code, units) {
  await page.goto(`${line.address}/counts`);
  await tap(page, "#count-begin label:has([value=store])");
  await tapTo(page, "#count-begin button", /^\/counts\/[0-9a-f-]{36}$/);
  assert.equal(await page.$("[data-live~=stock]"), null, "whoever counts blind sees figures");
  await retype(page, "#scan-code", `${units}*`);
  await page.keyboard.press("Enter");
  await see(page, "#scan", new RegExp(`${units} × the next scan`));
  await wedge(page, code);
  await see(page, "#scan-list .scan-times", new RegExp(`×${units}`));
  await see(page, "#count-state", /All of it is recorded/);
  await tapTo(page, "#count-finish button", /^\/counts$/);
}

/** Here everything happens within minutes, and all clocks are one. */
async function trustsClocks() {
  at.sam = await begins(hub, "sam");
  for (const { page } of [at.ada, at.nora]) await stateOf(page, { waiting: 0, live: true });
  await at.sam.page.goto(`${at.sam.line.address}/admin/policies`);
  await retype(at.sam.page, "#count_clock_minutes", "0");
  await tap(at.sam.page, "form[action='/admin/policies'] button");
  await booked(() => rowsOf(hub, "SELECT 1 FROM policies WHERE name = 'count_clock_minutes'").length === 1);
}

/** @param {number} item */
const onHandInGhent = (item) =>
  rowsOf(
    hub,
    `SELECT sum(on_hand) AS units FROM balances JOIN locations ON locations.id = location_id AND kind = 'store'
     JOIN stores ON stores.id = store_id WHERE code = 'GNT' AND item_id = ?`,
    item,
  )[0].units;

test("two count blindly without a network while a third sells; what is far from the book is counted again", async () => {
  const { ada, nora, anouk } = at;
  await trustsClocks();
  const [here, other] = rowsOf(
    hub,
    `SELECT item_id, gtin, on_hand FROM balances JOIN locations ON locations.id = location_id AND kind = 'store'
     JOIN stores ON stores.id = store_id JOIN barcodes USING (item_id)
     WHERE code = 'GNT' AND lot = '' AND on_hand BETWEEN 20 AND 60 GROUP BY item_id ORDER BY item_id LIMIT 2`,
  );
  const code = (/** @type {{gtin: string}} */ { gtin }) => gtin.slice(-13);
  for (const { line } of [ada, nora]) await line.cut();
  await countsBlindly(ada, code(here), here.on_hand + 20);
  await countsBlindly(nora, code(other), other.on_hand + 1);
  // Meanwhile three of them are sold.
  await anouk.page.goto(`${anouk.line.address}/items/${here.item_id}`);
  await retype(anouk.page, "input[name=quantity]", "3");
  await tap(anouk.page, "button[name=reason][value=damaged]");
  await stateOf(anouk.page, { waiting: 0, live: true });
  for (const who of [ada, nora]) await comesBack(who);
  assert.equal(onHandInGhent(other.item_id), other.on_hand + 1, "a count near the book stands at once");
  assert.equal(onHandInGhent(here.item_id), here.on_hand - 3, "one far from it waits");
  const waits = `#counts-again form:has(input[name=item][value='${here.item_id}'])`;
  await ada.page.goto(`${ada.line.address}/counts`);
  await see(ada.page, "h1", /Counts/);
  assert.equal(await ada.page.$(waits), null, "nobody counts again what they counted themselves");
  await nora.page.goto(`${nora.line.address}/counts`);
  await nora.page.waitForSelector(waits);
  await nora.line.cut();
  await nora.page.reload();
  const asked = await nora.page.$eval(waits, (form) => form.textContent);
  assert.doesNotMatch(asked ?? "", new RegExp(`\\b(${here.on_hand}|${here.on_hand + 20})\\b`));
  await retype(nora.page, `${waits} input[name=counted]`, String(here.on_hand + 17));
  await tap(nora.page, `${waits} button`);
  await nora.page.waitForFunction((place) => document.querySelector(place) === null, {}, waits);
  await comesBack(nora);
  const settled = "SELECT accepted FROM reviews JOIN outcomes USING (operation_id) WHERE code = 'count_variance'";
  await booked(() => rowsOf(hub, settled).every(({ accepted }) => accepted === 1));
  assert.deepEqual(rowsOf(hub, settled), [{ accepted: 1 }, { accepted: 1 }]);
  assert.equal(onHandInGhent(here.item_id), here.on_hand + 17);
  theBooksAreTrue();
});

test("what a rule keeps for two is booked by the second word, and nobody says both", async () => {
  const { ada, nora, anouk, sam } = at;
  await sam.page.goto(`${sam.line.address}/admin/approvals`);
  await sam.page.select("#reason", "theft");
  await retype(sam.page, "#units", "2");
  await tap(sam.page, "#approval-form button");
  await see(sam.page, "#approval-save", /Booked in the last 30 days/);
  await tap(sam.page, "#approval-save button");
  await see(sam.page, "main .row-title", /Stolen · from 2 units on → two people/);
  const [{ item_id: item, on_hand: before }] = rowsOf(hub, PLENTY);
  await ada.line.cut();
  await ada.page.goto(`${ada.line.address}/items/${item}`);
  await retype(ada.page, "input[name=quantity]", "2");
  await tap(ada.page, "button[name=reason][value=theft]");
  await comesBack(ada);
  const card = `.review:has(a[href='/items/${item}'])`;
  await nora.page.goto(`${nora.line.address}/reviews`);
  await see(nora.page, card, /Two people must accept it/);
  await nora.line.cut();
  await tap(nora.page, `${card} button[value=yes]`);
  await see(nora.page, card, /You accepted this/);
  await comesBack(nora);
  await nora.page.waitForFunction((place) => document.querySelector(place) === null, {}, card);
  assert.equal(onHandInGhent(item), before);
  await anouk.page.goto(`${anouk.line.address}/reviews`);
  await see(anouk.page, card, /Nora .* accepted it\. It takes effect when one more person does/);
  await tap(anouk.page, `${card} button[value=yes]`);
  await booked(() => onHandInGhent(item) === before - 2);
  assert.equal(onHandInGhent(item), before - 2);
  theBooksAreTrue();
});
