import assert from "node:assert/strict";
import { test } from "node:test";
import { inboxPage } from "../../sw/inbox/pages.js";
import { reviewListPage } from "../../sw/reviews/pages.js";
import { ADA, BO, GHENT, NOW, SOAP, TEA, uuid, viewOf, waits } from "./page_shop.js";

const about = { store: GHENT, booked_at: NOW, by: BO, name: "Bo", signed: true, status: "review", code: "above_limit" };

/** Something of Bo's that waits for Ada's word. */
function report(number, given = {}) {
  const args = { store: GHENT, item: TEA, delta: 50, reason: "found" };
  const told = { id: uuid(number), kind: "stock.adjust", args, at: NOW - number, params: { limit: 20 } };
  return { ...about, ...told, units_then: 5, units_near: 0, ...given };
}

const said = (number, review, accept) => waits(number, "review.settle", { operation: uuid(review), accept });
const request = { url: new URL("https://shop.test/reviews"), mint: () => "minted" };
const cards = (view) => reviewListPage(view, request).groups.flatMap((group) => group.rows);

test("a manager sees what waits for their word, oldest first, and not their own work", () => {
  const reviews = [report(1), report(2), report(3, { by: ADA }), report(4, { store: 2 })];
  const view = viewOf({ level: 3, reviews });
  assert.deepEqual(
    cards(view).map((card) => card.id),
    [uuid(2), uuid(1)],
  );
  assert.equal(inboxPage(view).frame.inbox_count, 2);
  assert.equal(inboxPage(view).reviews, 2);
  assert.equal(cards(viewOf({ level: 2, reviews })).length, 0);
});

test("a card says what follows from either answer", () => {
  const [card] = cards(viewOf({ level: 3, reviews: [report(1)] }));
  assert.deepEqual([card.book_then, card.book_now, card.after], [5, 5, 55]);
  assert.deepEqual([card.person_name, card.store_name, card.waiting], ["Bo", "Ghent", ""]);
});

test("what was accepted without a network has its effect here and waits to be sent", () => {
  const counted = report(2, { kind: "stock.count", args: { store: GHENT, item: SOAP, counted: 7 }, units_then: 3 });
  const reviews = [report(1), counted];
  const view = viewOf({ level: 3, reviews, waiting: [said(11, 1, true), said(12, 2, true)] });
  assert.equal(view.stock(GHENT, TEA).on_hand, 55);
  assert.equal(view.stock(GHENT, SOAP).on_hand, 4);
  assert.equal(inboxPage(view).frame.inbox_count, 0);
  assert.deepEqual(
    cards(view).map((card) => card.waiting),
    ["accept", "accept"],
  );
});

test("what was declined, or booked before, changes nothing here", () => {
  const reviews = [report(1), report(2, { status: "applied", code: "item_archived" })];
  const view = viewOf({ level: 3, reviews, waiting: [said(11, 1, false), said(12, 2, true)] });
  assert.equal(view.stock(GHENT, TEA).on_hand, 5);
  assert.deepEqual(
    cards(view).map((card) => card.waiting),
    ["decline", "accept"],
  );
});
