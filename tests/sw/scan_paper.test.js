import assert from "node:assert/strict";
import { test } from "node:test";
import { oneMore, parcelIn } from "../../web/scripts/scan_paper.js";

const line = (typed, announced) => ({ typed, announced });

test("a scan counts one more of what was announced", () => {
  assert.deepEqual(oneMore([line("", 2)]), { place: 0, count: 1, feedback: "new" });
  assert.deepEqual(oneMore([line("1", 2)]), { place: 0, count: 2, feedback: "again" });
});

test("one over the announced quantity is counted and told apart", () => {
  assert.deepEqual(oneMore([line("2", 2)]), { place: 0, count: 3, feedback: "over" });
});

test("an item on two lines fills the first, then the second, and is over on the last", () => {
  assert.equal(oneMore([line("2", 2), line("", 1)]).place, 1);
  assert.deepEqual(oneMore([line("2", 2), line("1", 1)]), { place: 1, count: 2, feedback: "over" });
});

test("what is not on the paper is a stray, and counts nowhere", () => {
  assert.deepEqual(oneMore([]), { place: -1, count: null, feedback: "stray" });
});

test("what was typed and is no number stays as it is", () => {
  for (const typed of ["three", "-1", "1.5", "9999"]) assert.equal(oneMore([line(typed, 2)]).count, null);
});

test("the label of a parcel is read in every way that scanners send it, and no barcode of goods is one", () => {
  const sscc = "106141412345678908";
  for (const sent of [sscc, `00${sscc}`, `(00)${sscc}`, `]C100${sscc}`, ` ${sscc} `])
    assert.equal(parcelIn(sent), sscc);
  for (const other of ["4006381333931", `${sscc}1`, "0109506000134352", "", "CHE-ESE"])
    assert.equal(parcelIn(other), "");
});
