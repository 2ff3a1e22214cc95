import assert from "node:assert/strict";
import { test } from "node:test";
import { homePage, itemListPage, itemPage, mePage, missingPage } from "../../sw/offline_pages.js";
import { ANTWERP, asks, became, CHEESE, GHENT, LAMP, LEIDEN, SOAP, TEA, uuid, viewOf, waits } from "./page_shop.js";

const off = (number, units = -2) =>
  waits(number, "stock.adjust", { store: GHENT, item: TEA, delta: units, reason: "damaged" });

test("work that waits is in the figures, and counted", () => {
  const { card, recent } = itemPage(viewOf({ waiting: [off(1), off(2)] }), asks(`/items/${TEA}`));
  assert.deepEqual([card.available, card.on_hand, card.waiting], [1, 1, 2]);
  assert.deepEqual(
    recent.map(({ id, status, quantity }) => [id, status, quantity]),
    [
      [uuid(2), "waiting", -2],
      [uuid(1), "waiting", -2],
    ],
  );
  const { rows } = itemListPage(viewOf({ waiting: [off(1)] }), asks("/items?q=tea"));
  assert.deepEqual([rows[0].available, rows[0].waiting], [3, 1]);
});

test("work that was taken back counts nothing", () => {
  const { card } = itemPage(viewOf({ waiting: [{ ...off(1), kind: "void", args: {} }] }), asks(`/items/${TEA}`));
  assert.deepEqual([card.available, card.waiting], [5, 0]);
});

test("the last five of one's own adjustments here stand on the item's page, what waits first", () => {
  const args = { store: GHENT, item: TEA, delta: 1, reason: "found" };
  const outcomes = [1, 2, 3, 4, 5, 6].map((number) => became(number, "applied", "stock.adjust", args));
  outcomes.push(became(7, "applied", "stock.adjust", { ...args, item: SOAP }));
  outcomes.push(became(8, "applied", "stock.adjust", { ...args, store: ANTWERP }));
  const { recent } = itemPage(viewOf({ outcomes, waiting: [off(9)] }), asks(`/items/${TEA}`));
  assert.deepEqual(
    recent.map(({ id }) => id),
    [9, 6, 5, 4, 3].map(uuid),
  );
});

test("an item the store does not carry is left to the hub", () => {
  assert.equal(itemPage(viewOf(), asks("/items/99")), null);
  assert.equal(itemPage(viewOf({ store: LEIDEN }), asks(`/items/${TEA}`)), null);
});

test("an archived item has its page and is on no list", () => {
  assert.equal(itemPage(viewOf(), asks(`/items/${LAMP}`)).card.archived, true);
  assert.deepEqual(
    itemListPage(viewOf(), asks("/items")).rows.map(({ id }) => id),
    [TEA, CHEESE, SOAP],
  );
  assert.equal(itemListPage(viewOf(), asks("/items?q=lamp")).total, 0);
});

test("Chinese readers see Chinese names in the order of their pinyin, and English where there is no other", () => {
  const { rows, frame } = itemListPage(viewOf({ locale: "zh" }), asks("/items"));
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["Old cheese", "橄榄皂", "绿茶"],
  );
  assert.equal(frame.store_name, "根特");
});

test("the best lender stands first, and only who has something is marked", () => {
  const { elsewhere } = itemPage(viewOf(), asks(`/items/${TEA}`));
  assert.deepEqual(
    elsewhere.map(({ store_name, available, share, donor }) => [store_name, available, share, donor]),
    [
      ["Antwerp", 40, 100, true],
      ["Leiden", 12, 30, false],
    ],
  );
  const lamp = itemPage(viewOf(), asks(`/items/${LAMP}`)).elsewhere;
  assert.ok(lamp.every(({ donor, share }) => !donor && share === 0));
});

test("a code finds by barcode or SKU, however it is typed; anything else is unknown and kept", () => {
  for (const code of ["400000000015", "00400000000015", "S-001", " s-001 "]) {
    const page = homePage(viewOf(), asks(`/?code=${encodeURIComponent(code)}`));
    assert.deepEqual([page.outcome, page.card?.id, page.code, page.elsewhere.length], ["found", TEA, code, 2], code);
  }
  const unknown = homePage(viewOf(), asks("/?code=4711"));
  assert.deepEqual([unknown.outcome, unknown.card, unknown.code], ["unknown", null, "4711"]);
  for (const address of ["/", "/?code=", "/?code=%20"]) assert.equal(homePage(viewOf(), asks(address)).outcome, "");
});

test("what a label tells of the goods stands beside the item, and fills its form", () => {
  const code = "(01)00400000000015(17)240200(10)L-1(30)6";
  const { told, query } = homePage(viewOf(), asks(`/?code=${encodeURIComponent(code)}`));
  assert.deepEqual([told?.lot, told?.expiry, told?.count, told?.wrong], ["L-1", "2024-02-29", 6, []]);
  const { form } = itemPage(viewOf(), asks(`/items/${TEA}${query}`));
  assert.deepEqual([form.quantity, form.lot], ["6", "L-1"]);
  const other = itemPage(viewOf(), asks(`/items/${LAMP}${query}`));
  assert.deepEqual([other.told, other.form.quantity, other.form.lot], [null, "", ""]);
  assert.equal(homePage(viewOf(), asks("/?code=400000000015")).told, null);
});

test("a refused form stands as it was typed, under a fresh id", () => {
  const problem = { code: "not_a_number", params: { field: "quantity" } };
  const fields = { quantity: ["two"], direction: ["in"], reason: ["found"] };
  const { form } = itemPage(viewOf(), asks(`/items/${TEA}`, { fields, problem }));
  assert.deepEqual(form, {
    operation_id: "minted",
    quantity: "two",
    lot: "",
    lots: false,
    expires: "",
    direction: "in",
    may: true,
    limit: 20,
    problem,
  });
});

test("who only looks, or only minds the chain, adjusts nothing", () => {
  for (const level of [1, 5]) {
    const page = itemPage(viewOf({ level }), asks(`/items/${TEA}`));
    assert.deepEqual([page.form.may, page.form.limit, page.may_request, page.frame.level], [false, 0, false, level]);
  }
  assert.equal(itemPage(viewOf({ level: 4 }), asks(`/items/${TEA}`)).form.limit, 5000);
});

test("the own page shows what was chosen before the hub has heard of it", () => {
  const page = mePage(viewOf({ waiting: [waits(1, "person.prefer", { locale: "zh" })] }), asks("/me"));
  assert.deepEqual(
    [page.frame.locale, page.waiting, page.stores],
    ["zh", 1, [{ id: GHENT, name: "根特", chosen: true }]],
  );
});

test("what is sought in the whole chain is the hub's to answer", () => {
  assert.equal(itemListPage(viewOf(), asks("/items?q=tea&where=everywhere")), null);
});

test("a page that is not there says what it was about", () => {
  for (const [address, what, tab] of [
    ["/items/99", "item", "stock"],
    ["/items?q=tea&where=everywhere", "lookup", "stock"],
    [`/transfers/${uuid(1)}`, "transfer", "transfers"],
    ["/x", "page", "scan"],
  ]) {
    const page = missingPage(viewOf(), asks(address));
    assert.deepEqual([page.what, page.frame.tab], [what, tab]);
  }
});
