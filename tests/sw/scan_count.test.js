import assert from "node:assert/strict";
import { test } from "node:test";
import { countable, recordAll } from "../../web/scripts/scan_count.js";
import { createScanList } from "../../web/scripts/scan_list.js";

/** @param {Record<string, string>} outcomes */
function scanned(outcomes) {
  const list = createScanList();
  for (const [code, outcome] of Object.entries(outcomes)) {
    const { entry } = list.capture(code, Number(code));
    list.answered(entry.id, { item: outcome === "unknown" ? "" : `1${code}`, outcome, card: "" });
  }
  return list;
}

test("what the store carries is recorded, one count an item, and leaves the list", async () => {
  const list = scanned({ 2: "found", 3: "unknown", 4: "not-ranged", 5: "found" });
  /** @type {string[]} */
  const sent = [];
  const told = await recordAll(
    list,
    () => {},
    async (_id, { item, times }) => sent.push(`${item}=${times}`) > 0,
  );
  assert.deepEqual(sent, ["15=5", "12=2"]);
  assert.deepEqual(told, { recorded: 2, left: 0 });
  assert.deepEqual(
    list.entries().map(({ codes }) => codes[0]),
    ["4", "3"],
  );
  assert.deepEqual(countable(list.entries()), []);
  assert.deepEqual(list.codes(), ["3", "4"], "what is recorded is not taken back by an undo");
});

test("a count without an answer stays, is sent again as the same one, and as another when its number changed", async () => {
  const list = scanned({ 2: "found" });
  /** @type {string[]} */
  const ids = [];
  const fail = async (/** @type {string} */ id) => ids.push(id) < 0;
  assert.deepEqual(await recordAll(list, () => {}, fail), { recorded: 0, left: 1 });
  const later = createScanList(JSON.parse(JSON.stringify(list.saved())));
  await recordAll(later, () => {}, fail);
  later.setTimes(1, 7);
  await recordAll(later, () => {}, fail);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[1], ids[2]);
});

test("an item scanned on while its count is on its way stays with its whole number", async () => {
  const list = scanned({ 2: "found" });
  await recordAll(
    list,
    () => {},
    async () => list.capture("2", 1).entry.times > 0,
  );
  assert.deepEqual(
    list.entries().map(({ times }) => times),
    [3],
  );
});
