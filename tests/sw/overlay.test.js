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
});
