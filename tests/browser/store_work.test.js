/** The store's work by several hands at once, without a network where they stand: what the shelves say is in the books. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { Handheld } from "./handheld.js";
import { openHub } from "./hub.js";
import { openLine } from "./line.js";
import { retype, see, signIn, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {{ page: Page, line: import("./line.js").Line, handheld: Handheld }} Colleague */

/** What stands under the bars of two labels. */
const PARCELS = ["106141412345678908", "106141412345678915"];

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Record<string, Colleague>} */
const at = {};

before(async () => {
  hub = await openHub();
  for (const name of ["ada", "nora", "bo"]) at[name] = await begins(name);
});
after(async () => {
  for (const { handheld, line } of Object.values(at)) {
    await handheld.throwAway();
    await line.cut();
  }
  await hub.close();
});

/** A colleague with a phone of their own, on a line of their own. @param {string} name @returns {Promise<Colleague>} */
async function begins(name) {
  const handheld = new Handheld();
  const line = await openLine(hub);
  const page = await handheld.start();
  await signIn(page, line.address, name);
  return { page, line, handheld };
}

/** @param {Colleague} who */
async function comesBack({ page, line }) {
  await line.mend();
  await stateOf(page, { waiting: 0, live: true });
}

/** Opens a transfer and does a step of it, fields by their ids. @param {Colleague} who @param {string} paper @param {Record<string, string>} typed @param {string} action */
async function does({ page, line }, paper, typed, action) {
  await page.goto(`${line.address}/transfers/${paper}`);
  const button = `button[name=action][value=${action}]`;
  await page.waitForSelector(button);
  await page.$eval("#transfer-more", (more) => more.setAttribute("open", "")).catch(() => null);
  for (const [field, text] of Object.entries(typed)) await retype(page, `#${field}`, text);
  const id = await page.$eval("#transfer-form input[name=operation_id]", (one) => /** @type {any} */ (one).value);
  await tap(page, button);
  // A form that was taken has another id, or is gone.
  await page.waitForFunction(
    (sent) => /** @type {any} */ (document.querySelector("#transfer-form input[name=operation_id]"))?.value !== sent,
    {},
    id,
  );
}

/** @param {string} from @param {string} to @param {string} state */
function paperOf(from, to, state) {
  const [row] = rowsOf(
    hub,
    `SELECT transfers.id FROM transfers JOIN stores AS a ON a.id = from_store_id JOIN stores AS b ON b.id = to_store_id
     WHERE a.code = ? AND b.code = ? AND state = ?`,
    from,
    to,
    state,
  );
  assert.ok(row, `no transfer from ${from} to ${to} is ${state}`);
  return row.id;
}

/** @param {string} paper @returns {any[]} */
const linesOf = (paper) => rowsOf(hub, "SELECT * FROM transfer_lines WHERE transfer_id = ? ORDER BY line", paper);

/** From the scan page a label leads to its receipt, which says what is in the parcel. @param {Colleague} who @param {number[]} held */
async function findsParcel({ page, line }, held) {
  await page.goto(`${line.address}/?code=00${PARCELS[0]}`);
  await tapTo(page, "#scan-list [data-outcome=paper] a.row-link", /^\/transfers\//);
  await page.waitForSelector(`#transfer-parcel[value="${PARCELS[0]}"]`);
  const shown = await page.$$eval("[data-fill-with]", (fields) =>
    fields.map((one) => one.getAttribute("data-fill-with")),
  );
  assert.deepEqual(shown.map(Number), held);
}

/** @param {string} paper */
const stateOfPaper = (paper) => rowsOf(hub, "SELECT state FROM transfers WHERE id = ?", paper)[0].state;

function theBooksAreTrue() {
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
}

test("two parcels are received by two phones without a network; one unit is short, one broken", async () => {
  const { ada, nora, bo } = at;
  const paper = paperOf("ANT", "GNT", "approved");
  const [first, second] = linesOf(paper);
  const [all, rest] = [first.approved, second.approved];
  await does(bo, paper, { "transfer-parcel": `(00)${PARCELS[0]}`, "send-1": String(all - 2) }, "dispatch");
  await does(bo, paper, { "transfer-parcel": PARCELS[1], "send-1": "2", "send-2": String(rest) }, "dispatch");
  await stateOf(bo.page, { waiting: 0, live: true });
  for (const who of [ada, nora]) {
    await who.page.goto(`${who.line.address}/transfers/${paper}`);
    await see(who.page, "[data-parcel]", new RegExp(PARCELS[1]));
    await stateOf(who.page, { waiting: 0, live: true });
    await who.line.cut();
  }
  // Goods that nobody sent: named, counted nowhere, and booked where they are if somebody wants it.
  const [, stranger] = /scan (\d{13})/.exec(hub.said) ?? [];
  await wedge(nora.page, stranger);
  await see(nora.page, "#scan-told a[href^='/items/']", /Book it as found here/);
  await findsParcel(ada, [all - 2, 0]);
  await does(ada, paper, { "transfer-parcel": PARCELS[0], "count-1": String(all - 2) }, "receive");
  await does(
    nora,
    paper,
    { "transfer-parcel": PARCELS[1], "count-1": "1", "damaged-1": "1", "count-2": String(rest - 1) },
    "receive",
  );
  await stateOf(ada.page, { waiting: 1 });
  await stateOf(nora.page, { waiting: 1 });
  assert.equal(linesOf(paper)[0].received, 0);
  await Promise.all([comesBack(nora), comesBack(ada)]);
  const [one, two] = linesOf(paper);
  assert.deepEqual([one.received, one.damaged, two.received, two.damaged], [all - 1, 1, rest - 1, 0]);
  assert.equal(stateOfPaper(paper), "short");
  await see(nora.page, ".line-note", /1 of \d+ are missing/);
});

test("what is written off at the closing and turns up after all was not lost", async () => {
  const { nora } = at;
  const paper = paperOf("ANT", "GNT", "short");
  await does(nora, paper, { "transfer-reason": "the driver looked twice" }, "close");
  await stateOf(nora.page, { waiting: 0 });
  assert.deepEqual([stateOfPaper(paper), linesOf(paper)[1].lost], ["closed", 1]);
  await tapTo(nora.page, "a[href$='?found=1']", /^\/transfers\//);
  await retype(nora.page, "#count-2", "1");
  await tap(nora.page, "button[name=action][value=receive]");
  await see(nora.page, ".transfer-timeline", /Closed(.|\n)*Arrival counted/);
  await stateOf(nora.page, { waiting: 0 });
  assert.deepEqual([stateOfPaper(paper), linesOf(paper)[1].lost], ["closed", 0]);
  theBooksAreTrue();
});

test("what left without a network before it was cancelled is booked, shown, and comes back to its shelf", async () => {
  const { ada, bo } = at;
  const paper = paperOf("ANT", "GNT", "requested");
  await does(bo, paper, {}, "approve");
  await stateOf(bo.page, { waiting: 0 });
  const units = linesOf(paper)[0].approved;
  await bo.page.goto(`${bo.line.address}/transfers/${paper}`);
  await see(bo.page, "#transfer-lines", /What you send/);
  await bo.line.cut();
  await does(bo, paper, { "send-1": String(units) }, "dispatch");
  await stateOf(bo.page, { waiting: 1 });
  await ada.page.goto(`${ada.line.address}/transfers/${paper}`);
  await see(ada.page, ".tag", /Approved/);
  await does(ada, paper, {}, "cancel");
  await stateOf(ada.page, { waiting: 0 });
  assert.equal(stateOfPaper(paper), "cancelled");
  await comesBack(bo);
  assert.deepEqual([stateOfPaper(paper), linesOf(paper)[0].dispatched], ["exception", units]);
  await see(bo.page, ".tag", /Needs a look/);
  await does(bo, paper, { "back-1": String(units), "transfer-reason": "the van turned round" }, "close");
  await stateOf(bo.page, { waiting: 0 });
  const [line] = linesOf(paper);
  assert.deepEqual([stateOfPaper(paper), line.returned, line.lost], ["closed", units, 0]);
  theBooksAreTrue();
});

test("an adjustment above the limit waits for somebody else, whatever its author tries", async () => {
  const { nora } = at;
  const [{ item_id: item }] = linesOf(paperOf("ANT", "GNT", "closed"));
  await nora.page.goto(`${nora.line.address}/items/${item}`);
  await tap(nora.page, "label:has(input[name=direction][value=in])");
  await retype(nora.page, "input[name=quantity]", "600");
  await tap(nora.page, "button[name=reason][value=found]");
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
  at.anouk = await begins("anouk");
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
  at.sam = await begins("sam");
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
  const [{ item_id: item, on_hand: before }] = rowsOf(
    hub,
    `SELECT item_id, on_hand FROM balances JOIN locations ON locations.id = location_id AND kind = 'store'
     JOIN stores ON stores.id = store_id WHERE code = 'GNT' AND lot = '' AND on_hand > 60 ORDER BY item_id LIMIT 1`,
  );
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
