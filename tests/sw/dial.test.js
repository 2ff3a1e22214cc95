import assert from "node:assert/strict";
import { test } from "node:test";
import { unitsAt } from "../../web/scripts/dial_drag.js";
import { doubts } from "../../web/scripts/sure.js";

test("a finger that goes sideways counts one by one, and further out in bigger strides", () => {
  assert.deepEqual([0, 13, 14, 27, 28, 112, 115, 412].map(unitsAt), [0, 0, 1, 1, 2, 8, 9, 108]);
  assert.deepEqual([-13, -14, -112, -115].map(unitsAt), [0, -1, -8, -9]);
});

test("a longer way is never fewer units", () => {
  for (let px = 1; px < 2000; px++) assert.ok(unitsAt(px) >= unitsAt(px - 1), String(px));
});

const meant = { isOut: true, quantity: 3, onHand: 5, limit: 20 };

test("the ordinary case is not asked about", () => {
  for (const change of [{}, { quantity: 5 }, { quantity: 20, onHand: 20 }, { isOut: false, quantity: 20 }]) {
    assert.deepEqual(doubts({ ...meant, ...change }), []);
  }
});

test("more than the book has is asked about where it leaves, and more than one's limit either way", () => {
  assert.deepEqual(doubts({ ...meant, quantity: 6 }), ["below"]);
  assert.deepEqual(doubts({ ...meant, quantity: 1, onHand: -2 }), ["below"]);
  assert.deepEqual(doubts({ ...meant, quantity: 21, onHand: 50 }), ["limit"]);
  assert.deepEqual(doubts({ ...meant, isOut: false, quantity: 21 }), ["limit"]);
  assert.deepEqual(doubts({ ...meant, quantity: 21 }), ["below", "limit"]);
});

test("who counts without figures is asked about nothing that could lead", () => {
  assert.deepEqual(doubts({ ...meant, onHand: null, quantity: 19 }), []);
});
