import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkDigit, checkDigitFits, expandUpcE, gtinOf, read, whatIs } from "../../sync/gs1.js";
import { TABLE } from "../../sync/gs1_table.js";

const examples = JSON.parse(readFileSync(new URL("../../sync/examples/gs1.json", import.meta.url), "utf8"));

test("a code tells what the example of each rule says", () => {
  for (const { rule, code, today, tells } of examples.read) {
    const { values = {}, ...fields } = tells;
    const told = read(code, today ?? "2026-11-22");
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(told[name], value, `${rule}: ${code}`);
    for (const [ai, value] of Object.entries(values)) assert.equal(told.ais[ai], value, `${rule}: ${code}`);
  }
});

test("the table a phone imports is the table", () => {
  const text = readFileSync(new URL("../../sync/gs1_table.json", import.meta.url), "utf8");
  assert.deepEqual(TABLE, JSON.parse(text));
});

for (const { name, code, means } of examples.what_is) {
  test(`a code means what the example says: ${name}`, () => {
    assert.deepEqual(whatIs(code), means);
  });
}

test("one wrong digit never passes the check", () => {
  const digits = `950600013435${checkDigit("950600013435")}`;
  assert.ok(checkDigitFits(digits));
  for (let place = 0; place < digits.length; place += 1) {
    const wrong = digits.slice(0, place) + ((Number(digits[place]) + 1) % 10) + digits.slice(place + 1);
    assert.ok(!checkDigitFits(wrong), wrong);
  }
});

test("the UPC and the EAN of one item are one GTIN", () => {
  assert.equal(gtinOf("036000291452"), gtinOf("0036000291452"));
});

test("a UPC-E is the UPC-A it was made from", () => {
  assert.equal(expandUpcE("04252614"), "042100005264");
  assert.equal(expandUpcE("04252615"), null);
});
