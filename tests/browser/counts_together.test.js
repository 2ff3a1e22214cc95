/** What is due today is counted without a network, and a colleague joins a count: what both see is one result. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "./books.js";
import { begins, comesBack, goesHome } from "./colleagues.js";
import { openHub } from "./hub.js";
import { see, stateOf, tap, tapTo, wedge } from "./staff.js";

/** @typedef {import("./colleagues.js").Colleague} Colleague */

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

const DUE = `SELECT item_id, on_hand, lot FROM count_dues JOIN stores ON stores.id = count_dues.store_id
  JOIN balances USING (item_id) WHERE code = 'GNT' AND location_id = stores.id * 2 ORDER BY place`;

function theBooksAreTrue() {
  const doctor = hub.command("doctor", "--data", hub.data);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
}

test("what is due is counted without a network, and leaves the list of everybody", async () => {
  const { ada, nora } = at;
  const due = rowsOf(hub, DUE);
  assert.equal(due.length, 20);
  await nora.page.goto(`${nora.line.address}/counts`);
  await see(nora.page, "#counts-due", /Due today: 20/);
  await ada.page.goto(`${ada.line.address}/counts`);
  await ada.line.cut();
  await tapTo(ada.page, "#counts-due button", /^\/counts\/[0-9a-f-]{36}$/);
  await see(ada.page, "#count-due", /Due today: 20/);
  const [{ item_id: item, on_hand: onHand }] = due;
  await ada.page.type(`#due-counted-${item}`, String(onHand));
  await tap(ada.page, `button[form=due-${item}]`);
  await see(ada.page, "#count-due", /Due today: 19/);
  await tapTo(ada.page, "#count-finish button", /^\/counts$/);
  await comesBack(ada);
  await see(nora.page, "#counts-due", /Due today: 19/);
  assert.equal(rowsOf(hub, DUE).length, 19);
  theBooksAreTrue();
});

test("a colleague joins a count without a network, and its result names both", async () => {
  const { ada, nora } = at;
  const [, code] = [...hub.said.matchAll(/scan (\d{13})/g)].map(([, one]) => one);
  await ada.page.goto(`${ada.line.address}/counts`);
  await ada.page.type("#count-begin textarea", "A-1, B-2");
  await tapTo(ada.page, "#count-begin button", /^\/counts\/[0-9a-f-]{36}$/);
  await stateOf(ada.page, { waiting: 0 });
  const whole = ada.page.url().split("/").at(-1);
  await nora.page.goto(`${nora.line.address}/counts`);
  await see(nora.page, "#counts-others", /Ada Maes\s*A-1, B-2/);
  await nora.line.cut();
  await tapTo(nora.page, "#counts-others button", /^\/counts\/[0-9a-f-]{36}$/);
  for (const [who, shelf] of /** @type {[Colleague, string][]} */ ([
    [ada, "A-1"],
    [nora, "B-2"],
  ])) {
    await tap(who.page, `#count-shelves [value="${shelf}"]`);
    await see(who.page, "h1", new RegExp(`Shelf ${shelf}`));
    await wedge(who.page, code);
    await see(who.page, "#count-state", /All of it is recorded/);
  }
  await tapTo(nora.page, "#count-finish button", /^\/counts$/);
  await comesBack(nora);
  await tapTo(ada.page, "#count-finish button", /^\/counts$/);
  await stateOf(ada.page, { waiting: 0 });
  const told = rowsOf(hub, "SELECT args FROM outcomes WHERE kind = 'stock.count' AND args LIKE ?", `%${whole}%`);
  assert.deepEqual(told.map(({ args }) => JSON.parse(args).shelf).sort(), ["A-1", "B-2"]);
  await nora.page.goto(`${nora.line.address}/counts/results/${whole}`);
  await see(nora.page, "main", /Ada Maes, Nora Claes/);
  theBooksAreTrue();
});
