import assert from "node:assert/strict";
import { test } from "node:test";
import { settleAll } from "../../web/scripts/review_bulk.js";

const card = (/** @type {string} */ title, /** @type {string[]} */ ...answers) => ({ title, answers });

test("a word is said of every chosen review that can be told it, in turn", async () => {
  const cards = [card("count", "no", "yes"), card("seen", "yes"), card("strange", "no")];
  /** @type {string[]} */
  const sent = [];
  const send = async (/** @type {{ title: string }} */ { title }) => sent.push(title) > 0;
  assert.deepEqual(await settleAll(cards, "yes", send), { settled: 2, left: 1 });
  assert.deepEqual(sent, ["count", "seen"]);
  assert.deepEqual(await settleAll(cards, "no", send), { settled: 2, left: 1 });
});

test("what the hub or the phone did not take is left, and the rest goes on", async () => {
  const cards = ["a", "b", "c"].map((title) => card(title, "yes"));
  const told = await settleAll(cards, "yes", async ({ title }) => title !== "b");
  assert.deepEqual(told, { settled: 2, left: 1 });
});
