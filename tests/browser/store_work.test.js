/** The store's work by several hands at once, without a network where they stand: what the shelves say is in the books. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { begins, comesBack, goesHome } from "./colleagues.js";
import { openHub } from "./hub.js";
import { retype, see, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("./colleagues.js").Colleague} Colleague */

/** What stands under the bars of two labels. */
const PARCELS = ["106141412345678908", "106141412345678915"];

/** @type {import("./hub.js").Hub} */
let hub;
/** @type {Record<string, Colleague>} */
const at = {};

before(async () => {
  hub = await openHub();
  for (const name of ["ada", "nora", "bo"]) at[name] = await begins(hub, name);
});
after(async () => {
  for (const who of Object.values(at)) await goesHome(who);
  await hub.close();
});

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
