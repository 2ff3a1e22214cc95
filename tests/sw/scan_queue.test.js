import assert from "node:assert/strict";
import { test } from "node:test";
import { createScanQueue } from "../../web/scripts/scan_queue.js";

/** A queue whose look-ups are answered by hand. */
function queueByHand(parallel = 4) {
  const asked = [];
  const acted = [];
  const waiting = [];
  const later = [];
  const queue = createScanQueue({
    identify: (code) => new Promise((answer, fail) => asked.push({ code, answer, fail })),
    act: (id, answer) => acted.push([id, answer]),
    waiting: (id) => waiting.push(id),
    later: (run, delayMs) => later.push({ run, delayMs }),
    parallel,
  });
  return { queue, asked, acted, waiting, later };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("ten scans in a row are ten look-ups, however slow the first one is", async () => {
  const { queue, asked, acted } = queueByHand();
  for (let id = 1; id <= 10; id += 1) queue.put(id, `code ${id}`);
  for (let answered = 1; answered < 10; answered += 1) {
    asked[answered].answer(`item ${answered + 1}`);
    await settled();
  }
  assert.equal(acted.length, 9);
  asked[0].answer("item 1");
  await settled();
  assert.deepEqual(new Set(acted.map(([id]) => id)), new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
});

test("only a few look-ups are under way at once", () => {
  const { queue, asked } = queueByHand(4);
  for (let id = 1; id <= 10; id += 1) queue.put(id, `code ${id}`);
  assert.equal(asked.length, 4);
});

test("a look-up without an answer is tried again, later each time", async () => {
  const { queue, asked, acted, waiting, later } = queueByHand();
  queue.put(1, "a");
  for (const wait of [1000, 2000, 4000]) {
    asked.at(-1).answer(null);
    await settled();
    assert.equal(later.at(-1).delayMs, wait);
    later.at(-1).run();
  }
  asked.at(-1).answer("tea");
  await settled();
  assert.deepEqual(acted, [[1, "tea"]]);
  assert.deepEqual(waiting, [1, 1, 1]);
});

test("when the network is back, waiting look-ups go at once and only once", async () => {
  const { queue, asked, later } = queueByHand();
  queue.put(1, "a");
  asked[0].answer(null);
  await settled();
  queue.retryNow();
  later[0].run();
  assert.equal(asked.length, 2);
});

test("after the page was left no answer is acted on", async () => {
  const { queue, asked, acted } = queueByHand();
  queue.put(1, "a");
  queue.close();
  asked[0].answer("tea");
  await settled();
  assert.deepEqual(acted, []);
});
