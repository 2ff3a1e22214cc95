import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { unpack } from "../../sw/snapshots/unpacked.js";
import { putsOf } from "./unpacked_lines.js";

const text = readFileSync(new URL("../../sync/examples/snapshots.json", import.meta.url), "utf8");
/** @type {{name: string, puts: any[], pieces: string[]}[]} */
const examples = JSON.parse(text);

for (const { name, puts, pieces } of examples) {
  test(`a phone reads what the hub packed: ${name}`, () => {
    const order = /** @param {any[]} one @param {any[]} other */ (one, other) => Number(one[0]) - Number(other[0]);
    // Names of fields travel in one order too: pages that write them out are the same to the byte.
    assert.equal(JSON.stringify(putsOf(pieces).sort(order)), JSON.stringify(puts));
  });
}

test("a barcode is found among the first ones without an index", () => {
  const [shared, piece] = examples[0].pieces.map((one) => unpack(Uint8Array.from(Buffer.from(one, "base64"))));
  assert.equal(shared.noun, "words");
  assert.ok(piece.noun === "catalogue");
  const firsts = [...piece.gtinAt.subarray(0, -1)]
    .filter((at, i) => at < piece.gtinAt[i + 1])
    .map((at) => piece.gtins[at]);
  assert.deepEqual(
    firsts,
    firsts.toSorted((one, other) => one - other),
  );
  assert.ok(firsts.length > 3);
});

test("a format that this release does not know is refused", () => {
  const head = new TextEncoder().encode('{"format":2,"noun":"stock","rows":0,"plain":0,"columns":[]}');
  const bytes = new Uint8Array(4 + head.length);
  bytes.set([head.length]);
  bytes.set(head, 4);
  assert.throws(() => unpack(bytes), /format 2/);
});
