import assert from "node:assert/strict";
import { test } from "node:test";
import { amountIn } from "../../web/scripts/scan_amount.js";
import { createScanList } from "../../web/scripts/scan_list.js";
import { multiplierIn } from "../../web/scripts/scan_multiplier.js";

const tea = { item: "12", outcome: "found", card: "<article>tea</article>" };
const soap = { item: "31", outcome: "found", card: "<article>soap</article>" };
const unknown = { item: "", outcome: "unknown", card: "<article>?</article>" };
const summary = (list) => list.entries().map(({ codes, times }) => `${codes.join("=")} ×${times}`);

test("the newest scan stands first", () => {
  const list = createScanList();
  for (const code of ["1", "2", "3"]) list.capture(code);
  assert.deepEqual(summary(list), ["3 ×1", "2 ×1", "1 ×1"]);
});

test("the same code again counts on its entry and says so at once", () => {
  const list = createScanList();
  const first = list.capture("1");
  assert.equal(first.feedback, "waiting");
  assert.equal(list.answered(first.entry.id, tea).feedback, "new");
  list.capture("2");
  assert.equal(list.capture("1").feedback, "again");
  assert.deepEqual(summary(list), ["1 ×2", "2 ×1"]);
});

test("a scan that counts twelve is taken back as twelve", () => {
  const list = createScanList();
  list.capture("1", 12);
  list.capture("1");
  assert.deepEqual(summary(list), ["1 ×13"]);
  list.undo();
  assert.deepEqual(summary(list), ["1 ×12"]);
  list.undo();
  assert.deepEqual(summary(list), []);
});

test("a number that is set is kept as it is, and taken back as it was", () => {
  const list = createScanList();
  const { entry } = list.capture("1");
  list.capture("2");
  list.setTimes(entry.id, 40);
  list.capture("1");
  assert.deepEqual(summary(list), ["1 ×41", "2 ×1"]);
  list.undo();
  list.undo();
  assert.deepEqual(summary(list), ["1 ×1", "2 ×1"]);
});

test("nought takes an item off the list, and undo brings it back, after a reload too", () => {
  const before = createScanList();
  const { entry } = before.capture("1", 3);
  before.answered(entry.id, tea);
  before.capture("2");
  before.setTimes(entry.id, 0);
  assert.deepEqual(summary(before), ["2 ×1"]);
  const list = createScanList(JSON.parse(JSON.stringify(before.saved())));
  list.undo();
  assert.deepEqual(summary(list), ["1 ×3", "2 ×1"]);
  assert.equal(list.entries()[0].item, "12");
});

test("only whole numbers of things are taken", () => {
  assert.deepEqual(["0", " 12 ", "１２", "9999"].map(amountIn), [0, 12, 12, 9999]);
  for (const wrong of ["", "-1", "1.5", "1e3", "twelve", "10000"]) assert.equal(amountIn(wrong), null, wrong);
});

test("a list saved by an older page is read, whose history is codes alone", () => {
  const entries = [{ id: 1, codes: ["1"], item: "12", outcome: "found", times: 2, card: "" }];
  const list = createScanList({ lastId: 1, entries, history: ["1", "1"] });
  list.undo();
  assert.deepEqual(summary(list), ["1 ×1"]);
});

test("only a number with a cross says how often, and a SKU with an x stays a SKU", () => {
  const read = (text) => {
    const { times, code } = multiplierIn(text) ?? {};
    return [times, code];
  };
  assert.deepEqual(read("12×"), [12, ""]);
  assert.deepEqual(read(" 12 x "), [12, ""]);
  assert.deepEqual(read("3*4006381333931"), [3, "4006381333931"]);
  assert.deepEqual(read("3 × S-001"), [3, "S-001"]);
  for (const plain of ["4006381333931", "12x45", "0×", "12345×", "×", "A12×"])
    assert.deepEqual(read(plain), [undefined, undefined]);
});

test("ten scans before the first answer are ten", () => {
  const list = createScanList();
  const [first] = Array.from({ length: 10 }, () => list.capture("1"));
  assert.equal(list.answered(first.entry.id, tea).entry.times, 10);
});

test("two codes of one item become one entry, which both go on counting", () => {
  const list = createScanList();
  const box = list.capture("15012345678907");
  list.answered(box.entry.id, tea);
  const piece = list.capture("5012345678900");
  assert.equal(list.answered(piece.entry.id, tea).feedback, "again");
  assert.equal(list.capture("5012345678900").isNew, false);
  assert.deepEqual(summary(list), ["15012345678907=5012345678900 ×3"]);
});

test("two unknown codes stay two, and each sounds unknown every time", () => {
  const list = createScanList();
  for (const code of ["1", "2"]) assert.equal(list.answered(list.capture(code).entry.id, unknown).feedback, "unknown");
  assert.equal(list.capture("1").feedback, "unknown");
  assert.deepEqual(summary(list), ["1 ×2", "2 ×1"]);
});

test("an item that the store does not carry sounds so", () => {
  const list = createScanList();
  const { entry } = list.capture("1");
  assert.equal(list.answered(entry.id, { ...tea, outcome: "not-ranged" }).feedback, "not-ranged");
});

test("undo takes back one scan at a time, newest first", () => {
  const list = createScanList();
  list.answered(list.capture("1").entry.id, tea);
  list.answered(list.capture("2").entry.id, soap);
  list.capture("1");
  list.undo();
  assert.deepEqual(summary(list), ["1 ×1", "2 ×1"]);
  list.undo();
  assert.deepEqual(summary(list), ["1 ×1"]);
  list.undo();
  assert.deepEqual(summary(list), []);
  assert.equal(list.canUndo(), false);
  assert.equal(list.undo(), null);
});

test("an answer that comes after the scan was undone is dropped", () => {
  const list = createScanList();
  const { entry } = list.capture("1");
  list.undo();
  assert.equal(list.answered(entry.id, tea), null);
  assert.deepEqual(list.entries(), []);
});

test("the list comes back from what was saved, and counts on", () => {
  const list = createScanList();
  list.answered(list.capture("1").entry.id, tea);
  list.capture("2");
  const again = createScanList(JSON.parse(JSON.stringify(list.saved())));
  again.capture("1");
  again.capture("3");
  assert.deepEqual(summary(again), ["3 ×1", "1 ×2", "2 ×1"]);
  assert.equal(new Set(again.entries().map(({ id }) => id)).size, 3);
});
