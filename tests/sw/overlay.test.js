import assert from "node:assert/strict";
import { test } from "node:test";
import { GHENT, TEA, viewOf, waits } from "./page_shop.js";

test("what this phone counted stands, and what it did afterwards counts from there", () => {
  const counted = (number, args) => waits(number, "stock.count", { store: GHENT, item: TEA, ...args });
  const sold = waits(3, "stock.move", { store: GHENT, kind: "sale", lines: [{ item: TEA, delta: -2 }] });
  assert.equal(viewOf({ waiting: [counted(1, { counted: 9 })] }).stock(GHENT, TEA).on_hand, 9);
  assert.equal(viewOf({ waiting: [sold, counted(1, { counted: 9 })] }).stock(GHENT, TEA).on_hand, 9);
  assert.equal(viewOf({ waiting: [counted(1, { counted: 9 }), sold] }).stock(GHENT, TEA).on_hand, 7);
  const twice = [counted(1, { counted: 9 }), counted(2, { counted: 4 })];
  assert.equal(viewOf({ waiting: twice }).stock(GHENT, TEA).on_hand, 4);
  // The phone knows goods by their sum: what one lot's count changes, the hub will say.
  assert.equal(viewOf({ waiting: [counted(1, { counted: 9, lot: "L7" })] }).stock(GHENT, TEA).on_hand, 5);
  assert.equal(viewOf({ waiting: [counted(1, { counted: 9, shelf: "A" })] }).stock(GHENT, TEA).on_hand, 5);
});

test("while a blind count is open its counter is led by no figure, from the tap that opens it to the one that ends it", () => {
  const opened = waits(1, "count.open", { store: GHENT, scope: "store", blind: true, sealed: false });
  assert.equal(viewOf({ waiting: [opened] }).blind, true);
  const ended = waits(2, "count.close", { session: opened.id });
  assert.equal(viewOf({ waiting: [opened, ended] }).blind, false);
  const elsewhere = waits(1, "count.open", { store: 2, scope: "store", blind: true, sealed: false });
  assert.equal(viewOf({ waiting: [elsewhere] }).blind, false);
});
