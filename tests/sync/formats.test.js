import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as formats from "../../sync/formats.js";

/** @typedef {{ function: string, arguments: unknown[], gives?: string, refused?: true }} Example */

/** @type {Example[]} */
const examples = JSON.parse(readFileSync(new URL("../../sync/examples/formats.json", import.meta.url), "utf8"));
const functions = /** @type {Record<string, (...given: unknown[]) => string>} */ (/** @type {unknown} */ (formats));

for (const example of examples) {
  const name = example.function.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const given = JSON.stringify(example.arguments);
  test(`${name} of ${given} is as the example says`, () => {
    const call = () => functions[name](...example.arguments);
    if (example.refused) assert.throws(call, RangeError);
    else assert.equal(call(), example.gives);
  });
}

test("names sort the same by UTF-16 unit and by code point", () => {
  const keys = ["\u{20bb7}", "\ue000", "\uff21", "\uffff", "\u9fa5", "z"].map(formats.sortKey);
  const byUnit = [...keys].sort();
  const byPoint = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(byUnit, byPoint);
});
